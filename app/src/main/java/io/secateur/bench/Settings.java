package io.secateur.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;

/** Settings given as texts by key: each is read once, by the code that knows its range. */
final class Settings {
  private final Map<String, String> given;
  private final List<String> known = new ArrayList<>();
  private final Map<String, String> used = new TreeMap<>();

  Settings(Map<String, String> given) {
    this.given = new LinkedHashMap<>(given);
  }

  int whole(String key, int standard) {
    return read(key, standard, "a whole number", Integer::parseInt);
  }

  double number(String key, double standard) {
    return read(key, standard, "a number", Double::parseDouble);
  }

  /** A number; none if the word is given instead of one, as it is unless set. */
  OptionalDouble numberUnless(String word, String key) {
    String text =
        read(
            key,
            word,
            word + " or a number",
            given -> given.equals(word) ? word : String.valueOf(Double.parseDouble(given)));
    return text.equals(word) ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(text));
  }

  boolean truth(String key, boolean standard) {
    return read(
        key,
        standard,
        "true or false",
        text -> {
          if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
          }
          throw new IllegalArgumentException(text);
        });
  }

  <E extends Enum<E>> E choice(String key, E standard) {
    Class<E> type = standard.getDeclaringClass();
    List<String> names = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      names.add(shown(constant));
    }
    return read(
        key,
        standard,
        String.join(" or ", names),
        text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_')));
  }

  private <T> T read(String key, T standard, String accepted, Function<String, T> parse) {
    known.add(key);
    String text = given.get(key);
    T value = standard;
    if (text != null) {
      try {
        value = parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new BadSetting("set " + key + "=" + text + ": expected " + key + "=" + accepted);
      }
    }
    used.put(key, shown(value));
    return value;
  }

  private static String shown(Object value) {
    return value instanceof Enum<?> constant
        ? constant.name().toLowerCase(Locale.ROOT).replace('_', '-')
        : String.valueOf(value);
  }

  /** Refuses keys that nobody read; call when all are. */
  void finish() {
    for (String key : given.keySet()) {
      if (!known.contains(key)) {
        throw new BadSetting(
            "set "
                + key
                + ": no such setting; expected "
                + (known.isEmpty() ? "none" : "one of " + String.join(", ", known)));
      }
    }
  }

  /** All settings with their values, for the record. */
  Map<String, String> used() {
    return used;
  }
}
