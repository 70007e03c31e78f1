package io.secateur.cli;

import io.secateur.bench.CompactBench;
import io.secateur.bench.CompactFigures;
import io.secateur.report.ResultJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench compact}: what it saves to take pruned channels out of the tensors. */
@Command(
    name = "compact",
    description =
        "Prunes a share of ResNet-18's coupling groups and compares the network with them zeroed and"
            + " with them taken out: parameters, operations, bytes, time.",
    mixinStandardHelpOptions = true)
final class BenchCompactCommand implements Callable<Integer> {
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--width",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "Channels of ResNet-18's first convolution, 4 to 256; 64 is the published network"
              + " (default: ${DEFAULT-VALUE}).")
  private int width;

  @Option(
      names = "--share",
      paramLabel = "PART",
      defaultValue = "0.3",
      description = "Part of each layer's groups to prune, 0 to 0.9 (default: ${DEFAULT-VALUE}).")
  private double share;

  @Override
  public Integer call() throws IOException {
    common.check();
    if (width < 4 || width > 256) {
      throw CommandFailure.usage("--width is " + width + "; expected 4 to 256");
    }
    if (!(share >= 0 && share <= 0.9)) {
      throw CommandFailure.usage("--share is " + share + "; expected 0 to 0.9");
    }
    common.apply();
    CompactBench.Settings standard = CompactBench.Settings.STANDARD;
    CompactFigures figures =
        CompactBench.run(
            new CompactBench.Settings(width, share, standard.batch(), standard.rounds()),
            common.seed(),
            common.progress(spec.commandLine().getErr()));
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      out.println(ResultJson.of(1, figures));
    } else {
      figures.table().forEach(out::println);
    }
    out.flush();
    return ExitCode.DONE;
  }
}
