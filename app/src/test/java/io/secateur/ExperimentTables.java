package io.secateur;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tables of the documents. A table stands between {@code <!-- table NAME -->} and {@code <!-- end
 * -->}; {@code -Dsecateur.tables=write} writes it.
 */
final class ExperimentTables {
  static final Path ROOT = Path.of(System.getProperty("secateur.root", "."));
  static final Path RESULTS = ROOT.resolve("docs/experiments/results");

  private ExperimentTables() {}

  static void check(String document, String name, String table) throws IOException {
    Path file = ROOT.resolve(document);
    String text = Files.readString(file);
    String begin = "<!-- table " + name + " -->\n";
    int from = text.indexOf(begin);
    assertThat(from).as("table '%s' in %s", name, document).isNotNegative();
    int to = text.indexOf("<!-- end -->", from);
    String wanted = text.substring(0, from) + begin + "\n" + table + "\n" + text.substring(to);
    if (System.getProperty("secateur.tables", "").equals("write")) {
      Files.writeString(file, wanted);
    } else {
      assertThat(text).as(document).isEqualTo(wanted);
    }
  }
}
