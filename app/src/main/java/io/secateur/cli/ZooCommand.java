package io.secateur.cli;

import io.secateur.bench.GroundTruthFile;
import io.secateur.bench.InfectResult;
import io.secateur.bench.Zoo;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.LoadedModel;
import io.secateur.metric.Evaluation;
import io.secateur.metric.Evaluator;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Proportion;
import io.secateur.report.ResultJson;
import io.secateur.run.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zoo}: the networks that come with the program. */
@Command(
    name = "zoo",
    description =
        "Infected and clean networks to try repairs on, and how to make them again. One that is"
            + " stored can stand as zoo:NAME wherever a model is asked for.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "WHAT",
    subcommands = {
      ZooCommand.ListCommand.class,
      ZooCommand.VerifyCommand.class,
      ZooCommand.MakeCommand.class
    })
final class ZooCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Nothing to do given; expected list, verify or make.");
  }

  /** Where the zoo lies: beside the program. */
  static Zoo zoo() {
    return Zoo.ofTheProgram();
  }

  /** One network of the list. */
  record Entry(
      String name,
      String about,
      boolean stored,
      List<String> recipe,
      Optional<String> architecture,
      Optional<Proportion> cleanAccuracy,
      Optional<Proportion> trueAsr,
      Optional<Proportion> recoveryAccuracy) {}

  /** {@code zoo list}. */
  @Command(
      name = "list",
      description = "Names, recipes and measured figures.",
      mixinStandardHelpOptions = true)
  static final class ListCommand implements Callable<Integer> {
    @Mixin private final CommonOptions common = new CommonOptions();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      common.check();
      Zoo zoo = zoo();
      List<Entry> entries = new ArrayList<>();
      zoo.recipes()
          .forEach(
              (name, recipe) -> {
                Optional<InfectResult> result = zoo.result(name);
                entries.add(
                    new Entry(
                        name,
                        recipe.about(),
                        zoo.stored(name),
                        recipe.arguments(),
                        result.map(r -> r.model().architecture()),
                        result.flatMap(InfectResult::cleanAccuracy),
                        result.flatMap(InfectResult::trueAsr),
                        result.flatMap(InfectResult::recoveryAccuracy)));
              });
      PrintWriter out = spec.commandLine().getOut();
      if (common.json()) {
        out.println(ResultJson.of(1, Map.of("networks", entries)));
      } else {
        out.printf(
            Locale.ROOT, "%-22s %-8s %6s %6s %6s  %s%n", "name", "", "CA", "ASR", "RA", "about");
        for (Entry entry : entries) {
          out.printf(
              Locale.ROOT,
              "%-22s %-8s %6s %6s %6s  %s%n",
              entry.name(),
              entry.stored() ? "stored" : "recipe",
              percent(entry.cleanAccuracy()),
              percent(entry.trueAsr()),
              percent(entry.recoveryAccuracy()),
              entry.about());
        }
      }
      out.flush();
      return ExitCode.DONE;
    }

    private static String percent(Optional<Proportion> share) {
      return share.map(s -> String.format(Locale.ROOT, "%.2f", s.value())).orElse("");
    }
  }

  /** {@code zoo verify}. */
  @Command(
      name = "verify",
      description =
          "Compares the stored networks with their checksums; with --data, also what they reach"
              + " with what is on record.",
      mixinStandardHelpOptions = true)
  static final class VerifyCommand implements Callable<Integer> {
    /** Points by which a figure may differ on another machine. */
    private static final double TOLERANCE = 0.05;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
        paramLabel = "NAME",
        arity = "0..*",
        description = "Networks to verify (default: all that are stored).")
    private List<String> names = new ArrayList<>();

    @Option(
        names = "--data",
        paramLabel = "DATA",
        description = "Images to measure on (default split: @test): " + DataOption.FORM + ".")
    private @Nullable String data;

    /** What {@code --json} prints of one network. */
    record Verified(
        String name,
        List<String> damaged,
        Optional<Proportion> cleanAccuracy,
        Optional<Proportion> trueAsr,
        Optional<Proportion> recoveryAccuracy,
        boolean asOnRecord) {}

    @Override
    public Integer call() {
      common.check();
      Optional<DataSpec> from =
          Optional.ofNullable(data).map(text -> DataOption.parse("--data", text, Split.TEST));
      Zoo zoo = zoo();
      names.forEach(zoo::model);
      List<String> chosen =
          names.isEmpty() ? zoo.recipes().keySet().stream().filter(zoo::stored).toList() : names;
      Optional<ImageSet> images = from.map(DataSpec::load);
      common.apply();
      Progress progress = common.progress(spec.commandLine().getErr());
      PrintWriter out = spec.commandLine().getOut();
      List<Verified> all = new ArrayList<>();
      for (String name : chosen) {
        Verified verified = verify(zoo, name, images, progress);
        all.add(verified);
        if (!common.json()) {
          out.printf(
              Locale.ROOT,
              "%-22s %s%n",
              name,
              !verified.damaged().isEmpty()
                  ? "damaged: " + String.join(", ", verified.damaged())
                  : verified.asOnRecord() ? "as on record" : "measures something else");
        }
      }
      if (common.json()) {
        out.println(ResultJson.of(1, Map.of("networks", all)));
      }
      out.flush();
      return all.stream().allMatch(v -> v.damaged().isEmpty() && v.asOnRecord())
          ? ExitCode.DONE
          : ExitCode.UNREADABLE;
    }

    private static Verified verify(
        Zoo zoo, String name, Optional<ImageSet> images, Progress progress) {
      List<String> damaged = zoo.damaged(name);
      if (!damaged.isEmpty() || images.isEmpty()) {
        return new Verified(
            name, damaged, Optional.empty(), Optional.empty(), Optional.empty(), true);
      }
      ImageSet set = images.get();
      LoadedModel loaded = ModelLoading.load(ModelOptions.of(zoo.model(name)), set.shape());
      Optional<GroundTruth> truth =
          zoo.truth(name).map(file -> GroundTruthFile.read(file, set.shape(), set.classes()));
      progress.begin(name, Evaluator.passes(set, truth));
      Evaluation measured =
          Evaluator.evaluate(loaded.network(), set, truth, done -> progress.advance(done, ""));
      progress.end("CA " + measured.cleanAccuracy());
      InfectResult record = zoo.result(name).orElseThrow();
      return new Verified(
          name,
          damaged,
          Optional.of(measured.cleanAccuracy()),
          measured.trueAsr(),
          measured.recoveryAccuracy(),
          near(Optional.of(measured.cleanAccuracy()), record.cleanAccuracy())
              && near(measured.trueAsr(), record.trueAsr())
              && near(measured.recoveryAccuracy(), record.recoveryAccuracy()));
    }

    private static boolean near(Optional<Proportion> measured, Optional<Proportion> onRecord) {
      return measured.isPresent() == onRecord.isPresent()
          && (measured.isEmpty()
              || Math.abs(measured.get().value() - onRecord.get().value()) <= TOLERANCE);
    }
  }

  /** {@code zoo make}. */
  @Command(
      name = "make",
      description =
          "Trains a network of the zoo again, from scratch; goes on where it was interrupted.",
      mixinStandardHelpOptions = true)
  static final class MakeCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "Network to make; 'zoo list' shows all.")
    private String name = "";

    @Option(
        names = "--data",
        paramLabel = "DATA",
        required = true,
        description = "Images to train on (default split: @train): " + DataOption.FORM + ".")
    private String data = "";

    @Option(
        names = {"-o", "--out"},
        paramLabel = "DIR",
        defaultValue = ".",
        description = "Folder for NAME.safetensors and what belongs to it (default: here).")
    private Path out = Path.of("");

    @Option(names = "--threads", paramLabel = "N", description = "Processor threads to use.")
    private @Nullable Integer threads;

    @Option(
        names = "--no-resume",
        description = "Start over instead of going on with an interrupted training.")
    private boolean startOver;

    @Option(names = "--force", description = "Replace a model that is there.")
    private boolean force;

    @Option(
        names = "--json",
        description = "Print the result as one JSON object on standard output.")
    private boolean json;

    @Option(
        names = {"-q", "--quiet"},
        description = "No progress on standard error.")
    private boolean quiet;

    @Option(
        names = {"-v", "--verbose"},
        description = "Show where an error came from.")
    private boolean verbose;

    @Override
    public Integer call() {
      Zoo zoo = zoo();
      Zoo.Recipe recipe = zoo.recipe(name);
      List<String> arguments = new ArrayList<>(List.of("infect"));
      arguments.addAll(recipe.arguments());
      recipe
          .cleanModel()
          .ifPresent(
              clean -> arguments.addAll(List.of("--clean-model", zoo.model(clean).toString())));
      arguments.addAll(
          List.of("--data", data, "--out", out.resolve(name + ".safetensors").toString()));
      if (threads != null) {
        arguments.addAll(List.of("--threads", String.valueOf(threads)));
      }
      if (startOver) {
        arguments.add("--no-resume");
      }
      if (force) {
        arguments.add("--force");
      }
      if (json) {
        arguments.add("--json");
      }
      if (quiet) {
        arguments.add("--quiet");
      }
      if (verbose) {
        arguments.add("--verbose");
      }
      return Main.commandLine()
          .setOut(spec.commandLine().getOut())
          .setErr(spec.commandLine().getErr())
          .execute(arguments.toArray(String[]::new));
    }
  }
}
