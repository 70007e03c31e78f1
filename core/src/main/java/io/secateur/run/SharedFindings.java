package io.secateur.run;

import io.secateur.text.Hash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What several runs on the same suspect find alike, such as its hunt, kept in a folder that
 * outlives them: {@code FOLDER/ID/KEY.json}, where the ID is a hash of all that it depends on.
 * Whoever needs a finding next takes it from there, and counts its seconds and its cost as its own:
 * what a run costs does not depend on what ran before. Two runs beside each other may both find the
 * same; the later file stays.
 */
public final class SharedFindings {
  private static final int ID_LENGTH = 16;

  /**
   * A meter of what this thread has computed.
   *
   * @param done so far
   * @param add books what another run computed
   */
  public record Meter(LongSupplier done, LongConsumer add) {}

  /** A finding with the seconds and the cost that went into it. */
  private record Kept(double seconds, long cost, JsonNode value) {}

  private final Path folder;
  private final Meter meter;
  private double borrowed;

  private SharedFindings(Path folder, Meter meter) {
    this.folder = folder;
    this.meter = meter;
  }

  /**
   * Those of one suspect.
   *
   * @param root folder of all, made if it does not exist
   * @param identity all that the findings depend on
   * @throws BadRunDirectory if the folder cannot be written
   */
  public static SharedFindings in(Path root, Map<String, String> identity, Meter meter) {
    Map<String, String> sorted = new TreeMap<>(identity);
    byte[] text = RunDirectory.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(sorted);
    String hash = Hash.of(text);
    Path folder = root.resolve(hash.substring(0, ID_LENGTH));
    try {
      Files.createDirectories(folder);
      AtomicFile.write(folder.resolve("identity.json"), out -> out.write(text));
    } catch (IOException e) {
      throw new BadRunDirectory(
          root + ": cannot be written (" + AtomicFile.reason(e) + "); expected a folder that can",
          e);
    }
    return new SharedFindings(folder, meter);
  }

  /** The memory {@code own} of a run, which shares these. */
  public Checkpoints beside(Checkpoints own) {
    return new Checkpoints() {
      @Override
      public <T> T once(String key, Class<T> type, Supplier<T> compute) {
        return own.once(key, type, compute);
      }

      @Override
      public double[] measured(String log, Supplier<double[]> measure) {
        return own.measured(log, measure);
      }

      @Override
      public Optional<byte[]> state(String key) {
        return own.state(key);
      }

      @Override
      public void keep(String key, byte[] state) {
        own.keep(key, state);
      }

      @Override
      public boolean keepsStates() {
        return own.keepsStates();
      }

      @Override
      public Checkpoints inCommon() {
        return new Common();
      }

      @Override
      public double borrowedSeconds() {
        return borrowed;
      }
    };
  }

  /** Findings are whole: what leads to them is remembered by none. */
  private final class Common implements Checkpoints {
    @Override
    public <T> T once(String key, Class<T> type, Supplier<T> compute) {
      Path file = folder.resolve(RunDirectory.checked(key) + ".json");
      return Files.exists(file) ? borrow(file, type) : find(file, compute);
    }

    @Override
    public double[] measured(String log, Supplier<double[]> measure) {
      return measure.get();
    }
  }

  private <T> T borrow(Path file, Class<T> type) {
    try {
      Kept kept = RunDirectory.JSON.readValue(Files.readAllBytes(file), Kept.class);
      T value = RunDirectory.JSON.treeToValue(kept.value(), type);
      borrowed += kept.seconds();
      meter.add().accept(kept.cost());
      return value;
    } catch (IOException | JacksonException e) {
      throw RunDirectory.damaged(file, e);
    }
  }

  private <T> T find(Path file, Supplier<T> compute) {
    Stopwatch watch = Stopwatch.start();
    long before = meter.done().getAsLong();
    T found = compute.get();
    Kept kept =
        new Kept(
            watch.seconds(),
            meter.done().getAsLong() - before,
            RunDirectory.JSON.valueToTree(found));
    byte[] text = RunDirectory.JSON.writeValueAsBytes(kept);
    try {
      AtomicFile.write(file, out -> out.write(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    return found;
  }
}
