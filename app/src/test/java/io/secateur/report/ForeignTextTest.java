package io.secateur.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Names that somebody else chose, in formats with a syntax of their own. */
class ForeignTextTest {

  @Test
  void a_message_of_sarif_holds_no_link_placeholder_or_line_end() {
    assertThat(SarifText.of("a [b](c) {0} \\ \n\u001b[0m").text())
        .isEqualTo("a \\[b\\](c) {{0}} \\\\ ?\\[0m");
    assertThat(SarifText.of("plain (text), 5 %").text()).isEqualTo("plain (text), 5 %");
  }

  @Test
  void a_result_as_json_holds_nothing_that_a_terminal_obeys_and_loses_nothing() {
    String name = "a\u001b[31m\u009b31m\u202eb\u2028\u200d\udb40\udc41 é → \n";

    String json = ResultJson.of(1, Map.of("name", name));

    assertThat(json).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n\r]]");
    assertThat(json).contains("\\u009b", "\\u202e", "é → ");
    assertThat(ResultJson.read(json, JsonNode.class).path("name").asString()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "models/a.pth|models/a.pth",
        "a b#c?d%e.pth|a%20b%23c%3Fd%25e.pth",
        "m<img src=x onerror=alert(1)>&.pth|m%3Cimg%20src=x%20onerror=alert(1)%3E&.pth",
        "javascript:alert(1).pth|./javascript:alert(1).pth",
        "größe.pth|gr%C3%B6%C3%9Fe.pth",
      })
  void a_relative_path_stays_one_and_is_encoded(String path, String uri) {
    assertThat(FileUri.of(path)).isEqualTo(uri);
    assertThat(URI.create(uri).getScheme()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/models/a b.pth", "/x\ny\"<>.pth", "/a%20b.pth", "//double.pth"})
  void an_absolute_path_comes_back_from_its_uri(String path) {
    URI uri = URI.create(FileUri.of(path));

    assertThat(uri.getScheme()).isEqualTo("file");
    assertThat(Path.of(uri)).isEqualTo(Path.of(path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "plain|`plain`",
        "<script>alert(1)</script>|`<script>alert(1)</script>`",
        "[a](javascript:x)|`[a](javascript:x)`",
        "one ` two|``one ` two``",
        "``` x|```` ``` x ````",
        "x`|`` x` ``",
      })
  void markdown_shows_it_as_code_whatever_quotes_it_holds(String text, String code) {
    assertThat(Markdown.code(text)).isEqualTo(code);
  }

  @Test
  void markdown_keeps_it_on_one_line() {
    assertThat(Markdown.code("a\n# b\r\n\tc")).isEqualTo("`a?# b?c`");
    assertThat(Markdown.code("")).isEqualTo("`  `");
    assertThat(Markdown.code(" a ")).isEqualTo("`  a  `");
  }

  @Test
  void markdown_in_a_sentence_means_nothing_but_itself() {
    assertThat(Markdown.text("<b>[a](x)</b> & `c` *d* _e_ | ~f~ \\\n# g"))
        .isEqualTo("\\<b\\>\\[a\\](x)\\</b\\> \\& \\`c\\` \\*d\\* \\_e\\_ \\| \\~f\\~ \\\\?# g");
    assertThat(Markdown.text("http://a www.b.c")).isEqualTo("http\\://a www\\.b.c");
    assertThat(Markdown.text("5.0 % (at most 3.0)")).isEqualTo("5.0 % (at most 3.0)");
  }
}
