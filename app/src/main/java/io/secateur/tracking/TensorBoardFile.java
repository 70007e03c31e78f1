package io.secateur.tracking;

import io.secateur.run.AtomicFile;
import io.secateur.run.Stopwatch;
import io.secateur.text.ForeignText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/** Writes a run into an event file that TensorBoard reads, in a folder of its own. */
public final class TensorBoardFile implements Tracker {
  private final Path logs;
  private final String run;
  private final Map<String, String> settings = new TreeMap<>();
  private OutputStream out = OutputStream.nullOutputStream();
  private boolean open;

  /**
   * An event file, made when the first is told.
   *
   * @param logs folder of all runs, made if need be
   * @param command that runs
   */
  public TensorBoardFile(Path logs, String command) {
    this.logs = logs;
    this.run = command + "-" + Stopwatch.now().replace(":", "");
  }

  @Override
  public String name() {
    return "--tensorboard";
  }

  @Override
  public void setting(String key, String value) {
    settings.put(key, value);
  }

  @Override
  public void figure(String tag, double value, long step) throws IOException {
    write(EventRecords.scalar(seconds(), step, tag, value));
  }

  @Override
  public void flush() throws IOException {
    begin();
    try {
      out.flush();
    } catch (IOException e) {
      throw cannot(e);
    }
  }

  /** Files stay where they are. */
  @Override
  public void file(Path file) {}

  @Override
  public void end(End how) throws IOException {
    write(EventRecords.text(seconds(), "end", how.name()));
    try {
      out.close();
    } catch (IOException e) {
      throw cannot(e);
    }
  }

  private void write(byte[] event) throws IOException {
    begin();
    try {
      out.write(event);
    } catch (IOException e) {
      throw cannot(e);
    }
  }

  private void begin() throws IOException {
    if (open) {
      return;
    }
    open = true;
    try {
      Files.createDirectories(logs);
      Path folder = fresh();
      Path file = folder.resolve("events.out.tfevents." + (long) seconds() + ".secateur");
      out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
      out.write(EventRecords.version(seconds()));
      StringBuilder table = new StringBuilder("| setting | value |\n|---|---|\n");
      settings.forEach(
          (key, value) ->
              table.append("| ").append(key).append(" | ").append(cell(value)).append(" |\n"));
      out.write(EventRecords.text(seconds(), "settings", table.toString()));
    } catch (IOException e) {
      throw cannot(e);
    }
  }

  /** Two runs of one second have two folders. */
  private Path fresh() throws IOException {
    Path folder = logs.resolve(run);
    for (int number = 2; Files.exists(folder); number++) {
      folder = logs.resolve(run + "-" + number);
    }
    return Files.createDirectory(folder);
  }

  /** Foreign text in a table of Markdown. */
  private static String cell(String value) {
    return ForeignText.oneLine(value).replaceAll("([\\\\`*_{}\\[\\]<>|])", "\\\\$1");
  }

  private IOException cannot(IOException e) {
    return new IOException("cannot write in " + logs + " (" + AtomicFile.reason(e) + ")", e);
  }

  private static double seconds() {
    return Stopwatch.millis() / 1000.0;
  }
}
