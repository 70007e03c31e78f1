package io.secateur.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A page of the documentation, taken apart. */
record Document(Path file, String text) {
  static final Path ROOT = Path.of(System.getProperty("secateur.root", ".."));

  private static final Pattern FENCED = Pattern.compile("(?ms)^( *)```(\\w*)\\n(.*?)^ *```");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern RUN = Pattern.compile("^(?:bin/)?secateur (.+)$");

  /** Every page there is, in order. */
  static Stream<Document> all() {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
        Stream<Path> examples = Files.walk(ROOT.resolve("examples"));
        Stream<Path> top = Files.list(ROOT)) {
      return Stream.of(top, docs, examples)
          .flatMap(files -> files)
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.toString().contains("/results/"))
          .sorted()
          .map(Document::read)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Document read(Path file) {
    try {
      return new Document(file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What stands between fences of that language, without the indentation of the fence. */
  List<String> snippets(String language) {
    List<String> found = new ArrayList<>();
    Matcher fenced = FENCED.matcher(text);
    while (fenced.find()) {
      if (fenced.group(2).equals(language)) {
        found.add(fenced.group(3).replaceAll("(?m)^" + fenced.group(1), ""));
      }
    }
    return found;
  }

  /** Lines to be typed into a shell, without comments; those that go on are joined. */
  List<String> shellLines() {
    return Stream.concat(snippets("sh").stream(), snippets("").stream())
        .map(snippet -> snippet.replaceAll("\\\\\\n\\s*", ""))
        .flatMap(String::lines)
        .map(line -> line.replaceFirst("(^|\\s)#.*$", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /** Command lines of Secateur, also of those that pipelines in YAML run: what follows its name. */
  List<String> commands() {
    List<String> found = new ArrayList<>();
    for (String line : shellLines()) {
      Matcher command = RUN.matcher(line.replaceFirst("^(?:\\w+=\\S+ )+", ""));
      if (command.find()) {
        found.add(command.group(1));
      }
    }
    for (String snippet : snippets("yaml")) {
      Matcher command = Pattern.compile("bin/secateur ([^)\\n]+)").matcher(snippet);
      while (command.find()) {
        found.add(command.group(1).strip());
      }
    }
    return found;
  }

  /** Links to other pages and places of this project. */
  List<String> links() {
    return LINK.matcher(text)
        .results()
        .map(match -> match.group(1))
        .filter(link -> !link.matches("[a-z]+:.*"))
        .toList();
  }

  /** What a link may name behind {@code #}, as code hosts make it from headings. */
  Set<String> anchors() {
    return HEADING
        .matcher(text)
        .results()
        .map(match -> match.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  /** A command line in words, quotes heeded. */
  static String[] words(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("(?:'[^']*'|\"[^\"]*\"|[^\\s'\"])+").matcher(command);
    while (word.find()) {
      words.add(word.group().replaceAll("['\"]", ""));
    }
    return words.toArray(String[]::new);
  }

  @Override
  public String toString() {
    return ROOT.relativize(file).toString();
  }
}
