package io.secateur.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Pages that need no network, every foreign text escaped. */
public final class HtmlPage {
  private static final String LIBRARY = "META-INF/resources/webjars/echarts/5.5.0/";

  /** Bars, lines and points. */
  public static final String COMMON_CHARTS = "echarts.common.min.js";

  /** Those, and graphs. */
  static final String ALL_CHARTS = "echarts.min.js";

  private static final String STYLE = "report.css";

  private HtmlPage() {}

  /**
   * Fills the template {@code name}.jte, with the script {@code name}.js, the style of all pages
   * and the chart library in it.
   *
   * @param charts the chart library, {@link #COMMON_CHARTS} if that will do
   * @param page what the template shows
   */
  public static String render(String name, String charts, Object page) {
    StringOutput html = new StringOutput();
    String script = name + ".js";
    TemplateEngine.createPrecompiled(ContentType.Html)
        .render(
            name + ".jte",
            Map.of(
                "page",
                page,
                "style",
                resource(HtmlPage.class.getResourceAsStream(STYLE), STYLE),
                "library",
                resource(
                    HtmlPage.class.getClassLoader().getResourceAsStream(LIBRARY + charts), charts),
                "script",
                resource(HtmlPage.class.getResourceAsStream(script), script)),
            html);
    return html.toString();
  }

  /** {@code value} as JSON that is safe inside a script element. */
  public static String embeddable(Object value) {
    return ResultJson.of(value)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026");
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
