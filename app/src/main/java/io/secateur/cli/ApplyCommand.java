package io.secateur.cli;

import io.secateur.bench.BadSetting;
import io.secateur.bench.PlanReplay;
import io.secateur.format.Companions;
import io.secateur.format.LoadedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code apply}: a pruning plan done again on a model, or taken back. */
@Command(
    name = "apply",
    description = {
      "Prunes a model by the plan of an earlier repair, without data and without a search.",
      "With --undo gives a pruned model its former weights back, to the bit."
    },
    mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {
  @Parameters(
      index = "0+",
      paramLabel = "PLAN",
      description =
          "The plan.json of a repair. With --undo the same, or the file NAME.undo.safetensors that was"
              + " written beside the pruned model; the plan's is looked for there.")
  private Path plan = Path.of("");

  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final InputShapeOption input = new InputShapeOption();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      required = true,
      description = "The file to write, in the format of MODEL; what undoes it is put beside it.")
  private Path out = Path.of("");

  @Option(
      names = "--compact",
      description = "Take the channels out where nothing else holds them; see repair --compact.")
  private boolean compact;

  @Option(names = "--undo", description = "Take the pruning of MODEL back.")
  private boolean undo;

  @Option(
      names = "--force",
      description = "Use a plan that was made for another file, if it fits the network.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    common.check();
    if (undo && compact) {
      throw CommandFailure.usage("--undo and --compact exclude each other");
    }
    refuse(out);
    refuse(Companions.layers(out));
    refuse(Companions.undo(out));
    refuse(Companions.undoGraph(out));
    PlanReplay.Result result;
    try {
      if (undo) {
        result = PlanReplay.undo(plan, model.model(), out, force);
      } else {
        LoadedModel loaded = ModelLoading.load(model, input.shape());
        common.apply();
        result = PlanReplay.apply(plan, loaded, out, compact, force, common.seed());
      }
    } catch (BadSetting e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()));
    }
    ReplayText.print(spec.commandLine().getOut(), result, common.json(), undo);
    return ExitCode.DONE;
  }

  private static void refuse(Path file) {
    if (file.toString().isBlank() || Files.exists(file)) {
      throw CommandFailure.usage("--out: " + file + ": exists; expected a name that is free");
    }
  }
}
