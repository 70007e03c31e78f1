package io.secateur.cli;

import io.secateur.bench.ParameterCount;
import io.secateur.format.LoadedModel;
import io.secateur.nn.Architecture;
import io.secateur.nn.CouplingGroup;
import io.secateur.nn.CouplingGroups;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Node;
import io.secateur.report.ResultJson;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code inspect}: what a model file holds. */
@Command(
    name = "inspect",
    description = "Shows a model: layers, channels, coupling groups, parameters, operations.",
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      defaultValue = "3x32x32",
      description =
          "Shape of the images, where the file does not tell (default: ${DEFAULT-VALUE}).")
  private String input = "";

  /** What {@code --json} prints. */
  record Result(
      int schemaVersion,
      String path,
      String sha256,
      String layout,
      Map<String, String> metadata,
      String architecture,
      String input,
      int classes,
      String preprocessing,
      long parameters,
      long macs,
      Groups couplingGroups,
      List<Row> layers) {}

  record Groups(long inner, long stream, long prunable) {}

  record Row(String name, String kind, List<String> inputs, String output, long parameters) {}

  @Override
  public Integer call() {
    common.check();
    LoadedModel loaded = ModelLoading.load(model, shape());
    Result result = result(loaded);
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      out.println(ResultJson.of(result));
    } else {
      print(out, result);
    }
    out.flush();
    return ExitCode.DONE;
  }

  private FeatureShape shape() {
    String[] parts = input.split("x", -1);
    try {
      if (parts.length == 3) {
        FeatureShape shape =
            new FeatureShape(
                Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
        if (shape.channels() <= 64 && shape.height() <= 4096 && shape.width() <= 4096) {
          return shape;
        }
      }
    } catch (IllegalArgumentException e) {
      // Refused below, in the words of the option.
    }
    throw CommandFailure.usage(
        "--input is '" + input + "'; expected channels x rows x columns such as 3x32x32");
  }

  private static Result result(LoadedModel loaded) {
    Architecture architecture = loaded.network().architecture();
    CouplingGroups groups = CouplingGroups.of(architecture);
    List<Row> rows = new ArrayList<>();
    for (Node node : architecture.nodes()) {
      rows.add(
          new Row(
              node.name(),
              kind(node.layer()),
              node.inputs(),
              node.output().toString(),
              parameters(loaded, node)));
    }
    return new Result(
        1,
        loaded.path().toString(),
        loaded.sha256(),
        loaded.file().layout().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        loaded.file().metadata(),
        architecture.name(),
        architecture.input().toString(),
        architecture.classes(),
        loaded.network().preprocessing().toString(),
        ParameterCount.of(architecture),
        architecture.macs(),
        new Groups(
            groups.ofKind(CouplingGroup.Kind.INNER).size(),
            groups.ofKind(CouplingGroup.Kind.STREAM).size(),
            groups.prunable().size()),
        rows);
  }

  private static String kind(Layer layer) {
    return layer.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  private static long parameters(LoadedModel loaded, Node node) {
    long total = 0;
    for (String part : List.of(".weight", ".bias")) {
      total += loaded.network().weights().find(node.name() + part).map(t -> t.size()).orElse(0);
    }
    return total;
  }

  private static void print(PrintWriter out, Result result) {
    out.printf(
        Locale.ROOT,
        "%s%n%s, input %s, %d classes, %,d parameters, %,d MACs%n",
        Shown.text(result.path()),
        result.architecture(),
        result.input(),
        result.classes(),
        result.parameters(),
        result.macs());
    out.printf(
        Locale.ROOT,
        "%s; sha256 %s%n%d prunable coupling groups: %d inside blocks, %d on residual streams%n%n",
        result.layout(),
        result.sha256(),
        result.couplingGroups().prunable(),
        result.couplingGroups().inner(),
        result.couplingGroups().stream());
    out.printf(Locale.ROOT, "%-36s %-18s %-14s %12s%n", "layer", "kind", "output", "parameters");
    for (Row row : result.layers()) {
      out.printf(
          Locale.ROOT,
          "%-36s %-18s %-14s %12s%n",
          Shown.text(row.name()),
          row.kind(),
          row.output(),
          row.parameters() == 0 ? "" : String.format(Locale.ROOT, "%,d", row.parameters()));
    }
  }
}
