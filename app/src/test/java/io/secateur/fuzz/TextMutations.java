package io.secateur.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes to JSON, YAML and other text, token by token. */
final class TextMutations {
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_.+-]+|[ \\t]+|.|\\n");
  private static final List<String> ODD =
      List.of(
          "0",
          "-1",
          "1e999",
          "-1e999",
          "1e-999",
          "NaN",
          ".inf",
          "-.inf",
          ".nan",
          "Infinity",
          "null",
          "~",
          "true",
          "\"\"",
          "''",
          "2147483647",
          "2147483648",
          "-2147483649",
          "9223372036854775807",
          "9223372036854775808",
          "1".repeat(990),
          "1".repeat(1001),
          "0.".concat("1".repeat(900)),
          "0x7f",
          "1_000",
          "012",
          "[",
          "]",
          "{",
          "}",
          "[]",
          "{}",
          ":",
          ",",
          "\n",
          "\t",
          "\"",
          "'",
          "\\",
          "\\ud800",
          "\u0000",
          "\u001b[2J",
          "\ufeff",
          "&a",
          "*a",
          "&a [*a]",
          "<<: *a",
          "!!int",
          "!!binary",
          "!!java.lang.Runtime",
          "!<tag:yaml.org,2002:float>",
          "? ",
          "- ",
          "|",
          ">",
          "%YAML 9.9",
          "---",
          "...",
          "# ",
          "..",
          "/etc/passwd",
          "../../x",
          "a/../..",
          "\u00e9",
          "\ud83d\ude00");

  private TextMutations() {}

  static byte[] of(byte[] file, byte[] other, Draws draws) {
    if (draws.once(12)) {
      return ByteMutations.of(file, other, draws);
    }
    List<String> tokens = tokens(file);
    List<String> foreign = tokens(other);
    for (int edits = draws.few(4); edits > 0; edits--) {
      edit(tokens, foreign, draws);
    }
    byte[] text = String.join("", tokens).getBytes(StandardCharsets.UTF_8);
    return text.length > Mutation.LONGEST ? java.util.Arrays.copyOf(text, Mutation.LONGEST) : text;
  }

  private static List<String> tokens(byte[] file) {
    List<String> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(new String(file, StandardCharsets.UTF_8));
    while (matcher.find()) {
      tokens.add(matcher.group());
    }
    return tokens;
  }

  private static void edit(List<String> tokens, List<String> foreign, Draws draws) {
    if (tokens.isEmpty()) {
      tokens.add(draws.of(ODD));
      return;
    }
    int at = draws.below(tokens.size());
    switch (draws.below(9)) {
      case 0 -> tokens.remove(at);
      case 1, 2 -> tokens.set(at, draws.of(ODD));
      case 3 -> tokens.add(at, draws.of(ODD));
      case 4 -> tokens.set(at, draws.of(tokens));
      case 5 -> {
        if (!foreign.isEmpty()) {
          tokens.set(at, draws.of(foreign));
        }
      }
      case 6 -> nest(tokens, at, draws);
      case 7 -> {
        int end = Math.min(tokens.size(), at + draws.few(64));
        List<String> part = List.copyOf(tokens.subList(at, end));
        for (int times = draws.few(40); times > 0 && tokens.size() < 40_000; times--) {
          tokens.addAll(at, part);
        }
      }
      default -> tokens.subList(at, Math.min(tokens.size(), at + draws.few(32))).clear();
    }
  }

  /** Brackets around a token, as many as nobody means. */
  private static void nest(List<String> tokens, int at, Draws draws) {
    int depth = draws.few(3000);
    boolean list = draws.once(2);
    String open = list ? "[" : draws.once(2) ? "{\"a\":" : "{a: ";
    tokens.add(
        Math.min(tokens.size(), at + 1), (list ? "]" : "}").repeat(draws.once(4) ? 0 : depth));
    tokens.add(at, open.repeat(depth));
  }
}
