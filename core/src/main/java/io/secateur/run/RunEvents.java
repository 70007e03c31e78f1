package io.secateur.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The story of a run: one JSON object a line, with {@code at} (UTC), {@code seconds} since the
 * start of this process's part, {@code kind} and its values. Passes everything on to another
 * progress. An older story in the file is continued.
 */
public final class RunEvents implements Progress, AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Progress listener;
  private final Stopwatch stopwatch;
  private final Path file;
  private final Writer writer;
  private String stage = "";
  private double stageStart;

  private RunEvents(Path file, Writer writer, Stopwatch stopwatch, Progress listener) {
    this.file = file;
    this.writer = writer;
    this.stopwatch = stopwatch;
    this.listener = listener;
  }

  /** Events that go to {@code file} and on to {@code listener}. */
  public static RunEvents to(Path file, Stopwatch stopwatch, Progress listener) throws IOException {
    try {
      boolean torn = Files.exists(file) && !Files.readString(file).matches("(?s)|.*\n");
      Writer writer =
          Files.newBufferedWriter(
              file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      if (torn) {
        writer.write('\n');
      }
      return new RunEvents(file, writer, stopwatch, listener);
    } catch (IOException e) {
      throw new IOException("cannot write " + file + ": " + AtomicFile.reason(e), e);
    }
  }

  @Override
  public void begin(String name, long steps) {
    stage = name;
    stageStart = stopwatch.seconds();
    write("begin", Map.of("stage", name, "steps", steps));
    listener.begin(name, steps);
  }

  @Override
  public void advance(long done, String note) {
    listener.advance(done, note);
  }

  @Override
  public void end(String summary) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("stage", stage);
    values.put("took", stopwatch.seconds() - stageStart);
    values.put("summary", summary);
    write("end", values);
    listener.end(summary);
  }

  @Override
  public void event(String kind, Map<String, ?> values) {
    write(kind, values);
    listener.event(kind, values);
  }

  private void write(String kind, Map<String, ?> values) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("at", Stopwatch.now());
    line.put("seconds", Math.round(stopwatch.seconds() * 1000) / 1000.0);
    line.put("kind", kind);
    line.putAll(values);
    try {
      writer.write(JSON.writeValueAsString(line));
      writer.write('\n');
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
