package io.secateur.cli;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which findings a pipeline stops at. */
final class FailOnOption {
  private static final String NONE = "none";

  @Option(
      names = "--fail-on",
      paramLabel = "WHAT,...",
      description =
          "Findings that end with another exit code than 0, with commas between them: backdoor (the"
              + " model as it came has one), unrepaired (it still has one, or misses the policy),"
              + " sleeping (it was repaired, but a few poisoned images bring it back), all with 1;"
              + " inconclusive, with 5; or none (default: backdoor,inconclusive for"
              + " scan, unrepaired,inconclusive for repair, backdoor for evaluate with --max-asr).")
  private @Nullable String failOn;

  boolean given() {
    return failOn != null;
  }

  /** Those named; {@code usual} if none are. Refuses what is no finding. */
  Set<Finding> orElse(Set<Finding> usual) {
    if (failOn == null) {
      return usual;
    }
    Set<Finding> named = EnumSet.noneOf(Finding.class);
    if (failOn.equals(NONE)) {
      return named;
    }
    for (String name : failOn.split(",", -1)) {
      named.add(finding(name.strip()));
    }
    return named;
  }

  private Finding finding(String name) {
    for (Finding finding : Finding.values()) {
      if (finding.name().toLowerCase(Locale.ROOT).equals(name)) {
        return finding;
      }
    }
    throw CommandFailure.usage(
        "--fail-on is '"
            + failOn
            + "'; expected backdoor, unrepaired, sleeping, inconclusive, several of them with"
            + " commas, or none");
  }

  /** The exit code of a command that found {@code found} and stops at {@code failing}. */
  static int exitCode(Set<Finding> found, Set<Finding> failing) {
    Set<Finding> both = EnumSet.noneOf(Finding.class);
    both.addAll(found);
    both.retainAll(failing);
    if (both.isEmpty()) {
      return ExitCode.DONE;
    }
    return both.equals(Set.of(Finding.INCONCLUSIVE)) ? ExitCode.INCONCLUSIVE : ExitCode.FINDING;
  }
}
