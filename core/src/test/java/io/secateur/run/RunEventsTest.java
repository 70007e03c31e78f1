package io.secateur.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunEventsTest {
  @TempDir private Path temp;

  @Test
  void stages_and_events_become_lines_with_their_time() throws IOException {
    AtomicLong clock = new AtomicLong();
    Path file = temp.resolve("events.jsonl");
    try (RunEvents events = RunEvents.to(file, Stopwatch.on(clock::get), Progress.SILENT)) {
      events.begin("hunt", 10);
      clock.set(2_500_000_000L);
      events.advance(5, "label 3");
      events.event("trigger", Map.of("label", 3, "norm", 0.25));
      events.end("found\nit");
    }

    List<JsonNode> lines = read(file);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0).get("kind").asString()).isEqualTo("begin");
    assertThat(lines.get(0).get("steps").asInt()).isEqualTo(10);
    assertThat(lines.get(1).get("norm").asDouble()).isEqualTo(0.25);
    assertThat(lines.get(1).get("seconds").asDouble()).isEqualTo(2.5);
    assertThat(lines.get(2).get("took").asDouble()).isEqualTo(2.5);
    assertThat(lines.get(2).get("summary").asString()).isEqualTo("found\nit");
    assertThat(lines.get(2).get("at").asString()).endsWith("Z");
  }

  @Test
  void a_resumed_run_continues_its_story_after_a_torn_line() throws IOException {
    Path file = temp.resolve("events.jsonl");
    for (int run = 0; run < 2; run++) {
      try (RunEvents events = RunEvents.to(file, Stopwatch.start(), Progress.SILENT)) {
        events.event("started", Map.of());
      }
      Files.writeString(file, "{\"torn\":", StandardOpenOption.APPEND);
    }

    assertThat(Files.readAllLines(file))
        .filteredOn(line -> line.endsWith("}"))
        .hasSize(2)
        .allMatch(line -> line.startsWith("{\"at\":"));
  }

  @Test
  void laps_add_up_by_stage() {
    AtomicLong clock = new AtomicLong();
    Stopwatch watch = Stopwatch.on(clock::get);
    clock.set(1_000_000_000L);
    watch.lap("a");
    clock.set(3_000_000_000L);
    watch.lap("b");
    clock.set(3_500_000_000L);
    watch.lap("a");

    assertThat(watch.laps()).containsExactly(Map.entry("a", 1.5), Map.entry("b", 2.0));
    assertThat(watch.seconds()).isEqualTo(3.5);
  }

  private static List<JsonNode> read(Path file) throws IOException {
    JsonMapper json = JsonMapper.builder().build();
    return Files.readAllLines(file).stream().map(json::readTree).toList();
  }
}
