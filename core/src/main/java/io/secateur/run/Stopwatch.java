package io.secateur.run;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Measures how long a run and its stages take. Not for use by several threads. */
public final class Stopwatch {
  private final LongSupplier nanos;
  private final long start;
  private final String startedAt;
  private final Map<String, Double> laps = new LinkedHashMap<>();
  private long lapStart;

  private Stopwatch(LongSupplier nanos) {
    this.nanos = nanos;
    this.start = nanos.getAsLong();
    this.lapStart = start;
    this.startedAt = now();
  }

  /** A running stopwatch. */
  public static Stopwatch start() {
    return new Stopwatch(System::nanoTime);
  }

  /** A stopwatch on another clock, in nanoseconds. */
  static Stopwatch on(LongSupplier nanos) {
    return new Stopwatch(nanos);
  }

  /** Seconds since the start. */
  public double seconds() {
    return (nanos.getAsLong() - start) / 1e9;
  }

  /** Books the time since the start or the last call on {@code stage}. */
  public void lap(String stage) {
    long now = nanos.getAsLong();
    laps.merge(stage, (now - lapStart) / 1e9, Double::sum);
    lapStart = now;
  }

  /** Seconds by stage, in the order of their first booking. */
  public Map<String, Double> laps() {
    return Collections.unmodifiableMap(laps);
  }

  /** When it was started: UTC, to the second, as in {@code 2026-01-31T12:00:00Z}. */
  public String startedAt() {
    return startedAt;
  }

  /** The present time in milliseconds since 1970, UTC. */
  public static long millis() {
    return Instant.now().toEpochMilli();
  }

  /** The present time: UTC, to the second. */
  public static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
