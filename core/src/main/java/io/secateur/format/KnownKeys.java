package io.secateur.format;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What JSON and YAML may say where a record is read. */
final class KnownKeys {
  private KnownKeys() {}

  /** The keys of {@code type}, in order of the alphabet; none if it is no record. */
  static Set<String> of(Class<?> type) {
    Set<String> keys = new TreeSet<>();
    Stream<Executable> makers =
        Stream.concat(
            Stream.of(type.getDeclaredMethods()), Stream.of(type.getDeclaredConstructors()));
    makers
        .filter(maker -> maker.isAnnotationPresent(JsonCreator.class))
        .flatMap(maker -> Stream.of(maker.getParameters()))
        .filter(parameter -> parameter.isAnnotationPresent(JsonProperty.class))
        .map(parameter -> named(parameter, parameter.getName()))
        .forEach(keys::add);
    RecordComponent @Nullable [] components = type.getRecordComponents();
    if (keys.isEmpty() && components != null) {
      for (RecordComponent component : components) {
        keys.add(named(component.getAccessor(), component.getName()));
      }
    }
    return keys;
  }

  /** The types that a text may choose {@code base} to be of. */
  static Set<String> types(Class<?> base) {
    Set<String> names = new TreeSet<>();
    JsonSubTypes known = base.getAnnotation(JsonSubTypes.class);
    if (known != null) {
      for (JsonSubTypes.Type type : known.value()) {
        names.addAll(Arrays.asList(type.names()));
        if (!type.name().isEmpty()) {
          names.add(type.name());
        }
      }
    }
    return names;
  }

  private static String named(AnnotatedElement element, String otherwise) {
    JsonProperty said = element.getAnnotation(JsonProperty.class);
    return said == null || said.value().isEmpty() ? otherwise : said.value();
  }
}
