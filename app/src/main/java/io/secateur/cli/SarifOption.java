package io.secateur.cli;

import io.secateur.report.ResultJson;
import io.secateur.report.SarifLog;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The findings for whatever reads those of scanners. */
final class SarifOption {
  @Option(
      names = "--sarif",
      paramLabel = "FILE",
      description = "Write the findings too as code scanning reads them (SARIF 2.1.0).")
  private @Nullable Path file;

  boolean asked() {
    return file != null;
  }

  void check(Path model) {
    FileOption.check("--sarif", file, model);
  }

  void write(SarifLog log) throws IOException {
    if (file != null) {
      FileOption.write(file, ResultJson.of(log));
    }
  }
}
