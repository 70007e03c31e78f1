package io.secateur.defence;

import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.run.Interrupted;
import io.secateur.run.RunContext;
import io.secateur.run.Stopwatch;
import io.secateur.run.TimeSpent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * An optimisation in rounds that goes on where it was interrupted, with the same result bit by bit
 * if each round draws its randomness from its number alone. The state is kept once a minute, when
 * the user interrupts, and at the end.
 */
final class Rounds {
  private static final double SECONDS_BETWEEN_STATES = 60;

  private final String key;
  private final List<Tensor> values;
  private final Optimizer optimizer;
  private final RunContext run;
  private Stopwatch sinceKept = Stopwatch.start();
  private int done;
  private boolean over;

  /**
   * What a round leaves to say.
   *
   * @param note in a few words
   * @param last whether it was the last, though more were allowed
   */
  record Played(String note, boolean last) {
    /** Another round follows if it is allowed. */
    static Played on(String note) {
      return new Played(note, false);
    }
  }

  private Rounds(String key, List<Tensor> values, Optimizer optimizer, RunContext run) {
    this.key = key;
    this.values = List.copyOf(values);
    this.optimizer = optimizer;
    this.run = run;
  }

  /**
   * Plays at most {@code most} rounds.
   *
   * @param stage shown to the user
   * @param key the state is kept under
   * @param values everything that a round changes, beside what {@code optimizer} remembers
   * @param round plays the round of a number, from 0
   */
  static void play(
      String stage,
      String key,
      int most,
      List<Tensor> values,
      Optimizer optimizer,
      IntFunction<Played> round,
      RunContext run) {
    new Rounds(key, values, optimizer, run).play(stage, most, round);
  }

  private void play(String stage, int most, IntFunction<Played> round) {
    run.checkpoints().state(key).ifPresent(this::read);
    run.progress().begin(stage, most);
    String note = "as before";
    while (!over) {
      Played played = round.apply(done);
      note = played.note();
      done++;
      over = played.last() || done == most;
      if (over || sinceKept.seconds() >= SECONDS_BETWEEN_STATES) {
        keep();
      }
      try {
        run.progress().advance(done, note);
      } catch (Interrupted | TimeSpent stop) {
        keep();
        throw stop;
      }
    }
    run.progress().end(note);
  }

  private void keep() {
    if (!run.checkpoints().keepsStates()) {
      return;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(done);
      out.writeBoolean(over);
      for (Tensor value : values) {
        write(out, value.toFloats());
      }
      out.writeLong(optimizer.steps());
      for (float[] memory : optimizer.state()) {
        write(out, memory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run.checkpoints().keep(key, bytes.toByteArray());
    sinceKept = Stopwatch.start();
  }

  private void read(byte[] state) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      done = in.readInt();
      over = in.readBoolean();
      for (Tensor value : values) {
        float[] kept = floats(in, Math.toIntExact(value.elements()));
        Scope.run(() -> value.assign(Tensor.of(kept, value.shape())));
      }
      long steps = in.readLong();
      List<float[]> memory = new ArrayList<>();
      for (float[] present : optimizer.state()) {
        memory.add(floats(in, present.length));
      }
      optimizer.restore(steps, memory);
    } catch (IOException e) {
      throw new UncheckedIOException("the state of another optimisation", e);
    }
  }

  private static void write(DataOutputStream out, float[] values) throws IOException {
    for (float value : values) {
      out.writeFloat(value);
    }
  }

  private static float[] floats(DataInputStream in, int count) throws IOException {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.readFloat();
    }
    return values;
  }
}
