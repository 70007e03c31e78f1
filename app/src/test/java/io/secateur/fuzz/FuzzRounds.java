package io.secateur.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Batch after batch, reader after reader; see {@link FuzzRun}. */
public final class FuzzRounds {
  private static final int BATCH = Integer.getInteger("fuzz.batch", 50_000);
  private static final long NEVER_ENDS_SECONDS = 60;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Path results;
  private final Path broken;
  private final AtomicLong began = new AtomicLong(0);
  private volatile List<byte[]> current = List.of();
  private volatile String reader = "";
  private Campaign campaign;

  private FuzzRounds(Path results, Path broken) {
    this.results = results;
    this.broken = broken;
    this.campaign =
        Files.exists(results)
            ? JSON.readValue(results.toFile(), Campaign.class).clean()
            : Campaign.NEW;
  }

  /** Goes on until {@code results} counts {@code inputs}. */
  public static void run(long inputs, long seed, Path results, Path broken) throws IOException {
    FuzzRounds rounds = new FuzzRounds(results, broken);
    rounds.watchForSamplesThatNeverEnd();
    List<Target> targets = FuzzTest.targets().toList();
    for (long round = seed; rounds.campaign.inputs() < inputs; round++) {
      for (Target target : targets) {
        if (!rounds.campaign.has(target.name(), round) && rounds.campaign.inputs() < inputs) {
          rounds.batch(target, round);
        }
      }
    }
    System.out.println(
        rounds.campaign.inputs() + " inputs, " + rounds.campaign.findings() + " findings");
  }

  private void batch(Target target, long seed) throws IOException {
    Path folder = Batch.folder("fuzz");
    long start = System.nanoTime();
    reader = target.name();
    Batch.Result result =
        new Batch(target, seed, folder)
            .run(
                BATCH,
                sample -> {
                  current = sample;
                  began.set(System.nanoTime());
                });
    began.set(0);
    double seconds = (System.nanoTime() - start) / 1e9;
    remove(folder);
    int number = 0;
    for (List<byte[]> sample : result.findings().values()) {
      keep(target, sample, target.name() + "-" + seed + "-" + number++);
    }
    campaign =
        campaign.with(
            new Campaign.Done(
                target.name(),
                seed,
                result.inputs(),
                result.accepted(),
                result.refusals(),
                result.branches(),
                Math.round(seconds * 10) / 10.0,
                List.copyOf(result.findings().keySet())),
            peakMegabytes());
    Path beside = results.resolveSibling(results.getFileName() + ".new");
    Files.createDirectories(results.getParent());
    Files.writeString(beside, JSON.writeValueAsString(campaign) + "\n");
    Files.move(
        beside, results, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    System.out.printf(
        Locale.ROOT,
        "%9d inputs; %s, seed %d: %.0f a second, %d accepted, %d refusals, %d branches%s%n",
        campaign.inputs(),
        target.name(),
        seed,
        result.inputs() / seconds,
        result.accepted(),
        result.refusals(),
        result.branches(),
        result.findings().isEmpty() ? "" : "; FOUND " + result.findings().keySet());
  }

  private void keep(Target target, List<byte[]> sample, String name) throws IOException {
    for (int i = 0; i < sample.size(); i++) {
      Path file = broken.resolve(name.replace(' ', '-')).resolve(target.files().get(i));
      Files.createDirectories(file.getParent());
      Files.write(file, sample.get(i));
    }
  }

  private void watchForSamplesThatNeverEnd() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (began.get() == 0
                    || System.nanoTime() - began.get() < NEVER_ENDS_SECONDS * 1_000_000_000L) {
                  Thread.sleep(1000);
                }
                Path file = broken.resolve("never-ends");
                Files.write(file, current.get(0));
                System.err.println(reader + " does not come to an end with " + file);
              } catch (InterruptedException | IOException e) {
                System.err.println(e);
              }
              Runtime.getRuntime().halt(1);
            });
    watch.setDaemon(true);
    watch.start();
  }

  private static void remove(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static long peakMegabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        }
      }
    }
    return 0;
  }
}
