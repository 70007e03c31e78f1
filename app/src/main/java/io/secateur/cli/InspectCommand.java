package io.secateur.cli;

import io.secateur.bench.ParameterCount;
import io.secateur.format.BadModelFile;
import io.secateur.format.LoadedModel;
import io.secateur.nn.Architecture;
import io.secateur.nn.CouplingGroup;
import io.secateur.nn.CouplingGroups;
import io.secateur.nn.GroupBlock;
import io.secateur.nn.GroupBlocks;
import io.secateur.nn.Layer;
import io.secateur.nn.Node;
import io.secateur.report.ResultJson;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
  @Mixin private final InputShapeOption input = new InputShapeOption();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--groups",
      description =
          "Show the coupling groups: which channels of which layers can only be removed together,"
              + " and why each layer belongs.")
  private boolean groups;

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

  /** Numbers of groups, and the groups themselves where they were asked for. */
  record Groups(long inner, long stream, long prunable, Optional<List<GroupBlock>> blocks) {}

  record Row(String name, String kind, List<String> inputs, String output, long parameters) {}

  @Override
  public Integer call() {
    common.check();
    PrintWriter out = spec.commandLine().getOut();
    LoadedModel loaded;
    try {
      loaded = ModelLoading.load(model, input.shape());
    } catch (BadModelFile e) {
      e.unsupportedOperators().forEach(operator -> out.println(Shown.text(operator.toString())));
      out.flush();
      throw e;
    }
    Result result = result(loaded);
    if (common.json()) {
      out.println(ResultJson.of(result));
    } else {
      print(out, result);
    }
    out.flush();
    return ExitCode.DONE;
  }

  private Result result(LoadedModel loaded) {
    Architecture architecture = loaded.network().architecture();
    CouplingGroups coupling = CouplingGroups.of(architecture);
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
            coupling.ofKind(CouplingGroup.Kind.INNER).size(),
            coupling.ofKind(CouplingGroup.Kind.STREAM).size(),
            coupling.prunable().size(),
            groups ? Optional.of(GroupBlocks.of(architecture)) : Optional.empty()),
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
    if (result.couplingGroups().blocks().isPresent()) {
      result.couplingGroups().blocks().get().forEach(block -> print(out, block));
      return;
    }
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

  private static void print(PrintWriter out, GroupBlock block) {
    String what =
        switch (block.kind()) {
          case STREAM -> "on a residual stream";
          case INNER -> "inside a block";
          case INPUT -> "that an image channel goes into; never removed";
          case OUTPUT -> "of class scores; never removed";
        };
    int last = block.firstGroup() + block.groups() - 1;
    out.printf(
        Locale.ROOT,
        "%d group%s #%d%s %s (%s)%n",
        block.groups(),
        block.groups() == 1 ? "" : "s",
        block.firstGroup(),
        block.groups() == 1 ? "" : "-" + last,
        what,
        Shown.text(block.reason()));
    for (GroupBlock.Range range : block.layers()) {
      String channels =
          range.first() == range.last()
              ? "[" + range.first() + "]"
              : "[" + range.first() + "-" + range.last() + "]";
      out.printf(
          Locale.ROOT,
          "  %-40s %s%n",
          Shown.text(range.layer()) + channels,
          Shown.text(range.role()));
    }
    if (!block.readers().isEmpty()) {
      out.println("  read by " + Shown.text(String.join(", ", block.readers())));
    }
    out.println();
  }
}
