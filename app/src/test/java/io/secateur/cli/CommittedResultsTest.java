package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.Schemas;
import io.secateur.report.ModelBom;
import io.secateur.report.ModelCard;
import io.secateur.report.RepairResult;
import io.secateur.report.ResultJson;
import io.secateur.report.SarifReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Results of real repairs, some of earlier versions: readers of version 1 still read them. */
class CommittedResultsTest {
  private static final Path ALL =
      Path.of(System.getProperty("secateur.root", "..")).resolve("docs/experiments/results");
  private static final Path RESULTS = ALL.resolve("published-networks");
  private static final Path UNLEARNING = ALL.resolve("unlearning/repairs");

  static List<Path> results() throws IOException {
    try (Stream<Path> published = Files.list(RESULTS);
        Stream<Path> unlearning = Files.list(UNLEARNING)) {
      return Stream.concat(published, unlearning).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("results")
  void every_form_of_a_result_is_valid_and_agrees_with_it(Path file) throws IOException {
    String text = Files.readString(file);
    Schemas.assertDocumented("result", text);
    RepairResult result = ResultJson.read(text, RepairResult.class);

    String sarif = ResultJson.of(SarifReport.of(result));
    Schemas.assertSarif(sarif);
    List<String> rules =
        new JsonMapper()
            .readTree(sarif)
            .at("/runs/0/results")
            .valueStream()
            .map(found -> found.get("ruleId").stringValue())
            .toList();
    switch (result.verdict()) {
      case "clean" -> assertThat(rules).doesNotContain("SCT001", "SCT003", "SCT004", "SCT005");
      case "repaired" -> assertThat(rules).contains("SCT005").doesNotContain("SCT001", "SCT004");
      default -> {
        assertThat(rules).contains("SCT004");
        // A target that the user named is accused by nobody.
        assertThat(rules.contains("SCT001"))
            .isEqualTo(result.labels().stream().anyMatch(RepairResult.Label::accused));
      }
    }
    String bill = ResultJson.of(ModelBom.of(result));
    Schemas.assertCycloneDx(bill);
    JsonNode component = new JsonMapper().readTree(bill).at("/components/0");
    assertThat(component.get("name").stringValue()).startsWith("repaired.");
    assertThat(component.at("/modelCard/quantitativeAnalysis/performanceMetrics").size())
        .isEqualTo(
            1
                + (result.syntheticAsr().isPresent() ? 1 : 0)
                + (result.trueAsr().isPresent() ? 1 : 0)
                + result.stress().map(again -> again.trueAsr().isPresent() ? 3 : 2).orElse(0));
    assertThat(ModelCard.of(result)).contains("**Verdict: " + result.verdict() + ".**");
  }

  @Test
  void a_label_that_no_trigger_accuses_is_told_to_be_accused_for_its_mistakes() throws IOException {
    String text =
        Files.readString(UNLEARNING.resolve("badnets-06.json"))
            .replace("\"verdict\" : \"repaired\"", "\"verdict\" : \"not-repaired\"");
    RepairResult result = ResultJson.read(text, RepairResult.class);

    assertThat(new JsonMapper().valueToTree(SarifReport.of(result)).at("/runs/0/results"))
        .filteredOn(found -> found.get("ruleId").stringValue().equals("SCT001"))
        .singleElement()
        .extracting(found -> found.at("/message/text").stringValue())
        .asString()
        .contains("made to forget", "of its 63 new mistakes to label 9", "Label 9 (arrow)");
    assertThat(ModelCard.of(result)).contains("  A copy that was made to forget clean images gave");
  }

  @Test
  void exit_codes_follow_the_verdict_and_what_is_to_fail() throws IOException {
    String text = Files.readString(RESULTS.resolve("clean-resnet20-onp-0.json"));
    Set<Finding> backdoor = Set.of(Finding.BACKDOOR);

    assertThat(exitCode(text, "clean", RepairText.FAILING)).isZero();
    assertThat(exitCode(text, "repaired", RepairText.FAILING)).isZero();
    assertThat(exitCode(text, "not-repaired", RepairText.FAILING)).isEqualTo(ExitCode.FINDING);
    assertThat(exitCode(text, "inconclusive", RepairText.FAILING)).isEqualTo(ExitCode.INCONCLUSIVE);
    assertThat(exitCode(text, "clean", backdoor)).isZero();
    assertThat(exitCode(text, "repaired", backdoor)).isEqualTo(ExitCode.FINDING);
    assertThat(exitCode(text, "not-repaired", backdoor)).isEqualTo(ExitCode.FINDING);
    assertThat(exitCode(text, "inconclusive", backdoor)).isZero();
    assertThat(exitCode(text, "not-repaired", Set.of())).isZero();
  }

  private static int exitCode(String text, String verdict, Set<Finding> failing) {
    String changed = text.replace("\"verdict\" : \"clean\"", "\"verdict\" : \"" + verdict + "\"");
    return RepairText.exitCode(ResultJson.read(changed, RepairResult.class), failing);
  }
}
