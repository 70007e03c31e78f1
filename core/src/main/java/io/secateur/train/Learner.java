package io.secateur.train;

import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A network while it is trained: its weights and what its optimiser remembers. */
final class Learner {
  private final Interpreter interpreter;
  private final List<Tensor> variables;
  private final Optimizer optimizer;
  private final Schedule schedule;

  Learner(Network start, Descent descent, Schedule schedule) {
    this.interpreter = Interpreter.training(start);
    this.variables = interpreter.parameters();
    this.optimizer = descent.over(variables);
    this.schedule = schedule;
  }

  Interpreter interpreter() {
    return interpreter;
  }

  List<Tensor> variables() {
    return variables;
  }

  Optimizer optimizer() {
    return optimizer;
  }

  /** Sets the learning rate of a step. */
  void prepare(long step, long steps) {
    optimizer.learningRate(schedule.rate(step, steps));
  }

  /** Everything that the next step depends on, bit by bit. */
  void write(DataOutputStream out) throws IOException {
    for (Tensor weights : weights()) {
      write(out, weights.toFloats());
    }
    out.writeLong(optimizer.steps());
    for (float[] memory : optimizer.state()) {
      write(out, memory);
    }
  }

  /** Takes up what {@link #write} wrote of a learner of the same network. */
  void read(DataInputStream in) throws IOException {
    for (Tensor weights : weights()) {
      float[] kept = floats(in);
      Scope.run(() -> weights.assign(Tensor.of(kept, weights.shape())));
    }
    long steps = in.readLong();
    List<float[]> memory = new ArrayList<>();
    for (float[] present : optimizer.state()) {
      float[] kept = floats(in);
      if (kept.length != present.length) {
        throw new IOException("another optimiser's memory");
      }
      memory.add(kept);
    }
    optimizer.restore(steps, memory);
  }

  private List<Tensor> weights() {
    return interpreter.network().architecture().requiredTensors().keySet().stream()
        .map(interpreter::parameter)
        .toList();
  }

  private static void write(DataOutputStream out, float[] values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
    bytes.asFloatBuffer().put(values);
    out.writeInt(values.length);
    out.write(bytes.array());
  }

  private static float[] floats(DataInputStream in) throws IOException {
    float[] values = new float[in.readInt()];
    ByteBuffer.wrap(in.readNBytes(values.length * Float.BYTES)).asFloatBuffer().get(values);
    return values;
  }
}
