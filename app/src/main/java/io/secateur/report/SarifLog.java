package io.secateur.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * As much of the Static Analysis Results Interchange Format as findings about a model need.
 *
 * <p>Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", sections
 * 3.13 (log), 3.14 (run), 3.27 (result), 3.49 (rule).
 */
public record SarifLog(@JsonProperty("$schema") String schema, String version, List<Run> runs) {
  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

  /** A log of one run. */
  static SarifLog of(Run run) {
    return new SarifLog(SCHEMA, "2.1.0", List.of(run));
  }

  /** One run of the program on one model. */
  public record Run(
      Tool tool,
      Automation automationDetails,
      List<Invocation> invocations,
      List<Artifact> artifacts,
      String columnKind,
      List<Result> results,
      Map<String, Object> properties) {}

  /** The program. */
  public record Tool(Driver driver) {}

  /** The program by name and version, and all that it may find. */
  public record Driver(String name, String version, List<Rule> rules) {}

  /** A kind of finding. */
  public record Rule(
      String id,
      String name,
      Text shortDescription,
      Text fullDescription,
      Text help,
      Configuration defaultConfiguration,
      Map<String, Object> properties) {}

  /** Plain text, in which {@link SarifText} escaped what is foreign. */
  public record Text(String text) {}

  /** How grave a kind of finding is: error, warning or note. */
  public record Configuration(String level) {}

  /** What sort of run it was. */
  public record Automation(String id) {}

  /** That the run ended well, and what it warned of. */
  public record Invocation(
      boolean executionSuccessful, List<Notification> toolExecutionNotifications) {}

  /** A warning about the run. */
  public record Notification(String level, Text message) {}

  /** A file. */
  public record Artifact(Place location, Map<String, String> hashes, List<String> roles) {}

  /** Where a file is: a URI, and its number among the artifacts. */
  public record Place(String uri, Optional<Integer> index) {}

  /** A finding. */
  public record Result(
      String ruleId,
      int ruleIndex,
      String level,
      Text message,
      List<Location> locations,
      Map<String, String> partialFingerprints,
      Map<String, String> fingerprints,
      Map<String, Object> properties) {}

  /** Where a finding is. */
  public record Location(PhysicalLocation physicalLocation) {}

  /** A file, as a whole. */
  public record PhysicalLocation(Place artifactLocation, Region region) {}

  /** A line from 1: code scanning wants one even of a file that has none. */
  public record Region(int startLine) {}
}
