package io.secateur.cli;

import static io.secateur.cli.CommandRunner.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.secateur.report.Evidence;
import io.secateur.report.HtmlReport;
import io.secateur.report.RepairResult;
import io.secateur.report.ResultJson;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real repair's report in a real browser; skipped where none is installed. */
class ReportInBrowserTest {
  private static final String HALVES =
      Path.of(System.getProperty("secateur.root", "..")).resolve("examples/halves") + "/";

  /** Sorts the table of channels, zooms into the graph, and says what it sees. */
  private static final String PROBE =
      """
      <script>addEventListener('load', function () {
        document.querySelectorAll('#why th button')[2]?.click();
        document.querySelectorAll('[data-zoom]').forEach(function (b) { b.click(); });
        var r = document.documentElement;
        r.dataset.over = r.scrollWidth - r.clientWidth;
        var basis = document.querySelector('.basis');
        r.dataset.first = basis ? basis.getBoundingClientRect().bottom : 0;
      });</script>
      """;

  /** Whom the browser itself asks for updates and dictionaries. */
  private static final Pattern OWN_SERVICES =
      Pattern.compile("(google|googleapis|gvt1|gstatic)\\.com$");

  @TempDir private static Path temp;
  private static String report = "";

  /** What a browser made of a page. */
  private record Seen(Document page, List<String> console, List<String> requests) {}

  @BeforeAll
  static void a_repaired_network() throws IOException {
    assumeTrue(browser().isPresent(), "skipped: no Chromium");
    Path out = temp.resolve("out");
    CommandRunner.Outcome outcome =
        run(
            "repair",
            HALVES + "infected.safetensors",
            "--arch",
            HALVES + "halves.yaml",
            "--clean",
            "folder:" + HALVES + "images",
            "--clean-size",
            "120",
            "--out",
            out.toString());
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    report = Files.readString(out.resolve("report.html"));
  }

  @Test
  void it_draws_every_chart_says_nothing_on_the_console_and_asks_nobody() throws Exception {
    for (String size : List.of("1280,800", "500,844")) {
      // without its own ban on requests, so that none can hide behind it
      Seen seen = open(report.replaceFirst("<meta http-equiv[^>]*>", ""), size);

      assertThat(seen.console()).isEmpty();
      assertThat(seen.requests()).isEmpty();
      assertThat(seen.page().select(".chart")).hasSizeGreaterThanOrEqualTo(6);
      assertThat(seen.page().select(".chart")).allMatch(chart -> !chart.select("svg").isEmpty());
      assertThat(seen.page().select(".chart"))
          .allMatch(chart -> !chart.attr("aria-label").isBlank());
      assertThat(seen.page().select("html").attr("data-over")).isEqualTo("0");
      assertThat(seen.page().select("#why th[aria-sort=descending]").text()).isEqualTo("Moved");
    }
    assertThat(open(report, "1280,800").console()).isEmpty();
  }

  @Test
  void the_first_screen_holds_the_verdict_and_what_it_rests_on() throws Exception {
    Seen seen = open(report, "1280,800");

    double bottom = Double.parseDouble(seen.page().select("html").attr("data-first"));
    assertThat(bottom).isBetween(100.0, 800.0);
  }

  @Test
  void names_that_are_markup_are_drawn_as_they_are() throws Exception {
    String hostile = "<img src=https://example.invalid/y.png onerror=missing()>";
    List<String> files = new ArrayList<>();
    for (String file : List.of("result.json", "evidence.json")) {
      files.add(
          Files.readString(temp.resolve("out").resolve(file))
              .replace("\"4-low-green\"", "\"" + hostile + "\"")
              .replace("\"norm\",", "\"" + hostile + "\","));
    }
    assertThat(files).allMatch(file -> file.contains(hostile));

    Seen seen =
        open(
            HtmlReport.render(
                ResultJson.read(files.get(0), RepairResult.class),
                ResultJson.read(files.get(1), Evidence.class)),
            "1280,800");

    assertThat(seen.console()).isEmpty();
    assertThat(seen.requests()).isEmpty();
    assertThat(seen.page().select("#channel-graph text").text()).contains("ssing()>");
  }

  @Test
  void what_a_page_does_wrong_would_be_noticed() throws Exception {
    Seen seen =
        open(
            "<html><body><img src='https://example.invalid/x.png'><script>missing();</script></body>",
            "1280,800");

    assertThat(seen.console()).hasSize(1);
    assertThat(seen.console().get(0)).contains("missing is not defined");
    assertThat(seen.requests()).containsExactly("https://example.invalid/x.png");
  }

  private static Seen open(String html, String size) throws Exception {
    // the last one: the chart library has the same text in it
    int end = html.lastIndexOf("</body>");
    String probed = html.substring(0, end) + PROBE + html.substring(end);
    Path page = Files.writeString(temp.resolve("page.html"), probed);
    Path network = temp.resolve("network.json");
    Path log = temp.resolve("log.txt");
    Path dom = temp.resolve("dom.html");
    List<String> command = new ArrayList<>();
    command.add(browser().orElseThrow().toString());
    command.addAll(
        List.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--user-data-dir=" + temp.resolve("profile"),
            "--enable-logging=stderr",
            "--log-net-log=" + network,
            "--virtual-time-budget=5000",
            "--window-size=" + size,
            "--dump-dom",
            page.toUri().toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectError(log.toFile())
            .redirectOutput(dom.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(text(log)).isZero();
    List<String> console = text(log).lines().filter(line -> line.contains(":CONSOLE:")).toList();
    return new Seen(Jsoup.parse(text(dom)), console, requests(text(network)));
  }

  /** Web addresses that were asked for, but for those of the browser's own services. */
  private static List<String> requests(String log) {
    List<String> requests = new ArrayList<>();
    Matcher url = Pattern.compile("\"url\":\"(https?://([^/\"]+)[^\"]*)\"").matcher(log);
    while (url.find()) {
      boolean own = OWN_SERVICES.matcher(url.group(2)).find();
      if (!own && !requests.contains(url.group(1))) {
        requests.add(url.group(1));
      }
    }
    return requests;
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private static Optional<Path> browser() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name ->
                Arrays.stream(path.split(File.pathSeparator))
                    .map(folder -> Path.of(folder).resolve(name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
