package io.secateur.bench;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.secateur.agent.GradientMaskSearch;
import io.secateur.agent.GreedySearch;
import io.secateur.agent.MaskSearch;
import io.secateur.data.BadData;
import io.secateur.defence.SearchTrials;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Searches to compare, from YAML:
 *
 * <pre>{@code
 * - {name: onp}
 * - {name: no graph, set: {edgeless: true}}
 * - {name: greedy, search: greedy}
 * - {name: by Lipschitz bound, search: ranked, set: {ranking: lipschitz}}
 * }</pre>
 *
 * Settings are those of {@code repair --method onp --set}; a ranked search has {@code ranking} and
 * {@code longest} beside those of what may be pruned and what that is worth.
 *
 * @param entries by name, in order
 * @param used settings of each, given or not
 */
public record SearchList(
    Map<String, SearchTrials.Entry> entries, Map<String, Map<String, String>> used) {
  /** Copies the maps. */
  public SearchList {
    used = Map.copyOf(used);
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** Settings of the search called {@code name}. */
  Map<String, String> settings(String name) {
    return used.getOrDefault(name, Map.of());
  }

  /** A kind of search. */
  enum Kind {
    AGENT,
    GREEDY,
    MASKS,
    RANKED
  }

  private record Line(String name, String search, Map<String, String> set) {
    @JsonCreator
    static Line of(
        @JsonProperty(value = "name", required = true) String name,
        @JsonProperty("search") @Nullable String search,
        @JsonProperty("set") @Nullable Map<String, String> set) {
      return new Line(
          name,
          Objects.requireNonNullElse(search, "agent"),
          Objects.requireNonNullElse(set, Map.of()));
    }

    private Kind kind() {
      for (Kind kind : Kind.values()) {
        if (kind.name().toLowerCase(Locale.ROOT).equals(search)) {
          return kind;
        }
      }
      throw new BadSetting("search is '" + search + "'; expected agent, greedy, masks or ranked");
    }
  }

  /**
   * Reads {@code file}.
   *
   * @throws BadData naming file, place and cause
   */
  public static SearchList read(Path file) {
    try {
      return of(List.of(YamlFile.read(file, Line[].class, "a list of searches")));
    } catch (BadSetting e) {
      throw new BadData(file.toString(), String.valueOf(e.getMessage()), "a list of searches");
    }
  }

  private static SearchList of(List<Line> lines) {
    Map<String, SearchTrials.Entry> entries = new LinkedHashMap<>();
    Map<String, Map<String, String>> used = new LinkedHashMap<>();
    for (Line line : lines) {
      if (entries.put(line.name(), entry(line, used)) != null) {
        throw new BadSetting("two searches are called '" + line.name() + "'");
      }
    }
    if (entries.isEmpty()) {
      throw new BadSetting("expected at least one search");
    }
    return new SearchList(entries, used);
  }

  private static SearchTrials.Entry entry(Line line, Map<String, Map<String, String>> used) {
    MethodSettings settings = new MethodSettings(line.set(), false, false);
    try {
      MaskSearch search =
          switch (line.kind()) {
            case AGENT -> settings.agent();
            case GREEDY -> GreedySearch.DEFAULT;
            case MASKS -> GradientMaskSearch.DEFAULT;
            case RANKED -> settings.ranked();
          };
      SearchTrials.Entry entry = new SearchTrials.Entry(search, settings.pruning());
      Map<String, String> all = new TreeMap<>(settings.used());
      all.put("search", line.search());
      used.put(line.name(), all);
      return entry;
    } catch (IllegalArgumentException e) {
      throw new BadSetting("'" + line.name() + "': " + e.getMessage());
    }
  }
}
