package io.secateur.cli;

import io.secateur.bench.EngineBench;
import io.secateur.bench.EngineFigures;
import io.secateur.report.ResultJson;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench engine}: the tensor engine against the machine's own limit. */
@Command(
    name = "engine",
    description = "Compares evaluation, training and search with the machine's matrix product.",
    mixinStandardHelpOptions = true)
final class BenchEngineCommand implements Callable<Integer> {
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--width",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "Channels of ResNet-18's first convolution, 1 to 256; 64 is the published network"
              + " (default: ${DEFAULT-VALUE}).")
  private int width;

  @Override
  public Integer call() {
    common.check();
    if (width < 1 || width > 256) {
      throw CommandFailure.usage("--width is " + width + "; expected 1 to 256");
    }
    common.apply();
    EngineFigures figures =
        EngineBench.run(
            EngineBench.Settings.STANDARD.withWidth(width),
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
