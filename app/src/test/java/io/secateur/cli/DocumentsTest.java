package io.secateur.cli;

import static io.secateur.cli.Document.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.secateur.Schemas;
import io.secateur.bench.GroundTruthFile;
import io.secateur.experiment.Plan;
import io.secateur.format.LayerList;
import io.secateur.nn.FeatureShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What documents tell to type is understood, what they quote is so, and their links lead there. */
class DocumentsTest {
  /** Programs besides Secateur that a reader is told to call. */
  private static final Set<String> PROGRAMS =
      Set.of("mvn", "java", "docker", "export", "source", "tensorboard", "mlflow");

  /** Pages whose Java is held to a test, with paths put in, by that test itself. */
  private static final Set<String> JAVA_TESTED_ELSEWHERE = Set.of("README.md", "docs/pipelines.md");

  @TempDir private Path folder;

  static Stream<Document> documents() {
    return Document.all();
  }

  @Test
  void there_is_something_to_check() {
    List<Document> all = Document.all().toList();
    assertThat(all).map(Document::toString).contains("README.md", "docs/guide.md");
    assertThat(all)
        .map(Document::toString)
        .contains("CONTRIBUTING.md", "examples/halves/README.md");
    assertThat(all.stream().mapToInt(document -> document.commands().size()).sum())
        .isGreaterThan(60);
    assertThat(all.stream().mapToInt(document -> document.snippets("java").size()).sum())
        .isGreaterThan(8);
    assertThat(all.stream().mapToInt(document -> document.links().size()).sum()).isGreaterThan(100);
  }

  @ParameterizedTest
  @MethodSource("documents")
  void commands_are_understood(Document document) {
    for (String command : document.commands()) {
      String[] words = Document.words(command.replaceAll(" *[&;|>].*$", ""));
      assertThatCode(() -> Main.commandLine().parseArgs(words))
          .as(command)
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void other_programs_are_known_and_scripts_exist(Document document) throws IOException {
    for (String line : document.shellLines()) {
      String program = line.replaceFirst("^(?:\\w+=\\S+ )+", "").split(" ")[0];
      if (program.contains("/")) {
        assertThat(ROOT.resolve(program)).as(line).exists().isExecutable();
      } else if (!program.equals("secateur")) {
        assertThat(PROGRAMS).as(line).contains(program);
      }
      if (program.equals("mvn")) {
        Matcher profile = Pattern.compile("-P(\\S+)").matcher(line);
        while (profile.find()) {
          assertThat(profiles()).as(line).contains(profile.group(1).split(","));
        }
      }
    }
  }

  private static Set<String> profiles() throws IOException {
    StringBuilder poms = new StringBuilder();
    for (String pom : List.of("pom.xml", "core/pom.xml", "app/pom.xml", "spark/pom.xml")) {
      poms.append(Files.readString(ROOT.resolve(pom)));
    }
    return Pattern.compile("<profile>\\s*<id>([^<]+)</id>")
        .matcher(poms)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @MethodSource("documents")
  void java_is_a_part_of_a_test(Document document) throws IOException {
    if (JAVA_TESTED_ELSEWHERE.contains(document.toString())) {
      return;
    }
    List<String> snippets = document.snippets("java");
    if (snippets.isEmpty()) {
      return;
    }
    List<String> sources;
    try (Stream<Path> files = Files.walk(ROOT.resolve("core/src/test/java/io/secateur/examples"))) {
      sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .map(file -> unindented(Document.read(file).text()))
              .toList();
    }
    for (String snippet : snippets) {
      String wanted = unindented(snippet);
      assertThat(sources.stream().anyMatch(source -> source.contains(wanted))).as(snippet).isTrue();
    }
  }

  private static String unindented(String code) {
    return code.lines().map(String::strip).collect(Collectors.joining("\n"));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void files_that_are_quoted_are_read(Document document) throws IOException {
    int number = 0;
    for (String snippet : document.snippets("yaml")) {
      Path file = Files.writeString(folder.resolve(number++ + ".yaml"), snippet);
      if (snippet.contains("\nlayers:")) {
        assertThatCode(() -> LayerList.read(snippet)).as(snippet).doesNotThrowAnyException();
      } else if (snippet.contains("\ndefences:")) {
        assertThatCode(() -> Plan.read(file)).as(snippet).doesNotThrowAnyException();
      } else {
        assertThatCode(() -> new YAMLMapper().readTree(snippet))
            .as(snippet)
            .doesNotThrowAnyException();
      }
    }
    for (String snippet : document.snippets("json")) {
      Path file = Files.writeString(folder.resolve(number++ + ".json"), snippet);
      if (snippet.contains("\"trigger\"")) {
        assertThat(GroundTruthFile.read(file, new FeatureShape(3, 8, 8), 10).attack()).isNotEmpty();
      } else {
        Schemas.assertDocumented("plan", snippet);
      }
    }
    for (String snippet : document.snippets("xml")) {
      Matcher artifact =
          Pattern.compile("<artifactId>(secateur-\\w+)</artifactId>").matcher(snippet);
      while (artifact.find()) {
        String module = artifact.group(1).substring("secateur-".length());
        assertThat(Files.readString(ROOT.resolve(module + "/pom.xml"))).contains(artifact.group());
      }
      String version = "<version>([^<]+)</version>";
      Matcher own = Pattern.compile(version).matcher(Files.readString(ROOT.resolve("pom.xml")));
      assertThat(own.find()).isTrue();
      Pattern.compile(version)
          .matcher(snippet)
          .results()
          .forEach(match -> assertThat(match.group(1)).as(snippet).isEqualTo(own.group(1)));
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void links_lead_somewhere(Document document) throws IOException {
    for (String link : document.links()) {
      String[] parts = link.split("#", 2);
      Path target =
          parts[0].isEmpty()
              ? document.file()
              : document.file().resolveSibling(parts[0]).normalize();
      assertThat(target).as("%s in %s", link, document).exists();
      if (parts.length == 2 && target.toString().endsWith(".md")) {
        assertThat(Document.read(target).anchors())
            .as("%s in %s", link, document)
            .contains(parts[1]);
      }
    }
  }

  @Test
  void every_page_is_in_the_index_and_the_index_in_the_readme() throws IOException {
    List<String> indexed = Document.read(ROOT.resolve("docs/README.md")).links();
    try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .filteredOn(name -> name.endsWith(".md") && !name.equals("README.md"))
          .allMatch(indexed::contains);
    }
    assertThat(Document.read(ROOT.resolve("README.md")).links()).contains("docs/README.md");
  }
}
