package io.secateur.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.secateur.data.CleanSample;
import io.secateur.defence.RepairOutcome;
import io.secateur.nn.Network;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The report: one page that needs no network, every foreign text escaped. */
public final class HtmlReport {
  private static final String CHARTS =
      "META-INF/resources/webjars/echarts/5.5.0/echarts.common.min.js";
  private static final String SCRIPT = "report.js";
  private static final String STYLE = "report.css";

  private HtmlReport() {}

  /** The page about a repair. */
  public static String render(
      RepairResult result, RepairOutcome outcome, CleanSample sample, Network suspect) {
    return render(new RepairPage(result, outcome, sample, suspect).page());
  }

  static String render(ReportPage page) {
    StringOutput html = new StringOutput();
    TemplateEngine.createPrecompiled(ContentType.Html)
        .render(
            "report.jte",
            Map.of(
                "page",
                page,
                "style",
                resource(HtmlReport.class.getResourceAsStream(STYLE), STYLE),
                "library",
                resource(HtmlReport.class.getClassLoader().getResourceAsStream(CHARTS), CHARTS),
                "script",
                resource(HtmlReport.class.getResourceAsStream(SCRIPT), SCRIPT)),
            html);
    return html.toString();
  }

  private static String resource(
      @org.jspecify.annotations.Nullable InputStream stream, String name) {
    if (stream == null) {
      throw new IllegalStateException("the program lacks its own file " + name);
    }
    try (stream) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return text.replace("</script", "<\\/script").replace("</style", "<\\/style");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
