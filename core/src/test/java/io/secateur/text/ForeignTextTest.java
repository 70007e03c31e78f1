package io.secateur.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"\n", "\u001b", "\u007f", "\u0085", "\u009b", "\u200f", "\u202e", "\u2028\u2029"})
  void nothing_that_turns_a_terminal_is_left(String turning) {
    assertThat(ForeignText.oneLine("a" + turning + "b")).isEqualTo("a b");
    assertThat(ForeignText.shown("a" + turning + "b")).isEqualTo("a?b");
    assertThat(ForeignText.quoted("a" + turning + "b")).matches("'a(\\\\u[0-9a-f]{4})+b'");
  }

  @Test
  void what_people_write_stays() {
    String words = "épaule 肩 плечо – „shoulder“ [a;b]{c}\\d";

    assertThat(ForeignText.oneLine(words)).isEqualTo(words);
    assertThat(ForeignText.shown(words)).isEqualTo(words);
    assertThat(ForeignText.quoted(words)).isEqualTo("'" + words + "'");
  }

  @Test
  void a_long_quotation_is_cut() {
    assertThat(ForeignText.quoted("a".repeat(500))).isEqualTo("'" + "a".repeat(120) + "...'");
  }
}
