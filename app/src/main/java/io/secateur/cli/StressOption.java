package io.secateur.cli;

import picocli.CommandLine.Option;

/** {@code --no-stress}: a repair without what it does last. */
final class StressOption {
  @Option(
      names = "--stress",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Teach a copy of the repaired network its backdoor again with a few poisoned images, and"
              + " the same trigger with another label beside it: a backdoor that only sleeps comes"
              + " back at once. Done last of all, unless left out by --no-stress.")
  private boolean stress;

  boolean asked() {
    return stress;
  }
}
