package io.secateur;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.DocumentationTool;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others need who take this from a repository or build an image of it. */
class PublishingTest {
  private static final Path ROOT = Path.of(System.getProperty("secateur.root", ".."));

  @TempDir private Path folder;

  private static String pom(String file, String path) throws Exception {
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(ROOT.resolve(file).toFile());
    return XPathFactory.newInstance().newXPath().evaluate(path, document);
  }

  private static String read(String file) {
    try {
      return Files.readString(ROOT.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pom.xml", "bom/pom.xml"})
  void a_pom_without_parent_says_all_that_a_repository_asks_for(String file) throws Exception {
    for (String path :
        List.of(
            "/project/name",
            "/project/description",
            "/project/url",
            "/project/licenses/license/name",
            "/project/licenses/license/url",
            "/project/developers/developer/name",
            "/project/scm/connection",
            "/project/scm/developerConnection",
            "/project/scm/url")) {
      assertThat(pom(file, path)).as(file + " " + path).isNotBlank();
    }
  }

  @Test
  void the_bill_of_versions_comes_from_where_the_rest_does() throws Exception {
    String home = pom("pom.xml", "/project/properties/project.home");
    for (String path :
        List.of(
            "/project/url",
            "/project/licenses",
            "/project/developers",
            "/project/scm/connection",
            "/project/scm/developerConnection",
            "/project/scm/url")) {
      assertThat(pom("bom/pom.xml", path))
          .isEqualTo(pom("pom.xml", path).replace("${project.home}", home));
    }
  }

  @Test
  void the_bill_of_versions_is_built_with_the_same_plugins() throws Exception {
    Pattern.compile("<artifactId>(\\S+?)</artifactId>\\s*<version>([^<]*)</version>")
        .matcher(read("bom/pom.xml").split("<build>")[1])
        .results()
        .forEach(
            plugin -> {
              String name = plugin.group(1).replaceAll("^maven-|-maven|-plugin$", "");
              assertThat(read("pom.xml"))
                  .contains("<" + name + "-plugin.version>" + plugin.group(2) + "<");
            });
  }

  @Test
  void every_module_is_named_described_and_in_the_bill_of_versions() throws Exception {
    String version = pom("pom.xml", "/project/version");
    assertThat(pom("bom/pom.xml", "/project/version")).isEqualTo(version);
    String bill = read("bom/pom.xml");
    for (String module : List.of("core", "junit", "app", "spark")) {
      String file = module + "/pom.xml";
      assertThat(pom(file, "/project/name")).as(file).isNotBlank();
      assertThat(pom(file, "/project/description")).as(file).isNotBlank();
      assertThat(pom(file, "/project/parent/version")).as(file).isEqualTo(version);
      assertThat(bill).contains("<artifactId>" + pom(file, "/project/artifactId") + "<");
    }
    Pattern.compile("<version>([^<]*)</version>")
        .matcher(bill.substring(bill.indexOf("<dependencyManagement>"), bill.indexOf("<build>")))
        .results()
        .forEach(match -> assertThat(match.group(1)).isEqualTo("${project.version}"));
  }

  @Test
  void nothing_public_in_the_library_is_without_a_comment() throws IOException {
    DocumentationTool javadoc = ToolProvider.getSystemDocumentationTool();
    List<String> said = new ArrayList<>();
    StringWriter out = new StringWriter();
    try (var manager = javadoc.getStandardFileManager(null, Locale.ROOT, null);
        Stream<Path> main = Files.walk(ROOT.resolve("core/src/main/java"));
        Stream<Path> junit = Files.walk(ROOT.resolve("junit/src/main/java"))) {
      List<Path> sources =
          Stream.concat(main, junit).filter(file -> file.toString().endsWith(".java")).toList();
      javadoc
          .getTask(
              out,
              manager,
              fault -> said.add(fault.getSource() + ": " + fault.getMessage(Locale.ROOT)),
              null,
              List.of(
                  "-quiet",
                  "-Xdoclint:all",
                  "-Xmaxwarns",
                  "10000",
                  "-protected",
                  "-encoding",
                  "UTF-8",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "-d",
                  folder.toString()),
              manager.getJavaFileObjectsFromPaths(sources))
          .call();
    }
    assertThat(said).as("the tool looked").hasSizeGreaterThan(100);
    // A sentence that tells what is returned or taken needs no tag that says it again.
    assertThat(
            said.stream()
                .filter(
                    fault -> !fault.matches("(?s).*(no @(return|param|throws).*|\\d warnings)")))
        .isEmpty();
  }

  @Test
  void the_image_is_made_of_what_there_is() throws Exception {
    List<String> kept = read(".dockerignore").lines().filter(line -> line.startsWith("!")).toList();
    String dockerfile = read("Dockerfile").replace("\\\n", " ");
    List<String> copied = new ArrayList<>();
    for (String line : dockerfile.lines().filter(line -> line.startsWith("COPY")).toList()) {
      String[] words = line.split(" +");
      for (int i = 1; i < words.length - 1 && !words[1].startsWith("--from"); i++) {
        copied.add(words[i]);
        assertThat(ROOT.resolve(words[i])).as(line).exists();
        assertThat(kept).as(line).contains("!" + words[i].split("/")[0]);
      }
    }
    assertThat(kept)
        .allMatch(line -> copied.stream().anyMatch(c -> c.startsWith(line.substring(1))));
    Pattern.compile("<module>(\\w+)</module>")
        .matcher(read("pom.xml").split("<profiles>")[0])
        .results()
        .forEach(module -> assertThat(copied).contains(module.group(1)));
    assertThat(dockerfile.lines().filter(line -> line.startsWith("FROM")).reduce((a, b) -> b))
        .hasValueSatisfying(last -> assertThat(last).endsWith("-jre"));
    assertThat(dockerfile).containsPattern("(?m)^USER [1-9]\\d*$").doesNotContain("curl", "wget");
    assertThat(dockerfile.indexOf("\nUSER ")).isGreaterThan(dockerfile.lastIndexOf("\nRUN "));
  }

  @Test
  void the_image_runs_the_program_as_the_launcher_does() throws Exception {
    String dockerfile = read("Dockerfile").replaceAll("\\\\\\n *", " ");
    List<String> variables =
        Pattern.compile("export (\\w+)=\"\\$\\{\\1:-([^}]*)}\"")
            .matcher(read("bin/secateur"))
            .results()
            .map(match -> match.group(1) + "=" + match.group(2))
            .toList();
    String set =
        dockerfile.lines().filter(line -> line.startsWith("ENV ")).findFirst().orElseThrow();
    assertThat(set.substring(4).split(" +")).containsExactlyElementsOf(variables).hasSize(7);
    String entry =
        dockerfile.lines().filter(line -> line.startsWith("ENTRYPOINT")).findFirst().orElseThrow();
    String launcher = read("bin/secateur");
    assertThat(entry)
        .contains("-jar", "/opt/secateur/" + pom("app/pom.xml", "//finalName") + ".jar");
    Pattern.compile("\"(-(?:X|D)[^\"]*)\"")
        .matcher(entry)
        .results()
        .map(match -> match.group(1))
        .filter(option -> !option.matches("-D(secateur.home|.*cachedir)=.*"))
        .forEach(option -> assertThat(launcher).contains(option));
  }

  @Test
  void the_commands_for_the_image_are_those_of_the_documents() {
    List<String> told =
        read("Dockerfile")
            .lines()
            .filter(line -> line.startsWith("#   docker "))
            .map(line -> line.substring(4))
            .toList();
    assertThat(told).hasSize(2);
    assertThat(read("docs/guide.md")).contains(told);
    assertThat(read("docs/publishing.md")).contains(told);
  }
}
