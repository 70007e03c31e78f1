package io.secateur.agent;

import io.secateur.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The value of a state, from an encoder of its own:
 *
 * <pre>V(s) = MLP( mean_j h_j ‖ max_j h_j ),   128 → 64 → 1, over the nodes that are alive</pre>
 */
final class Critic {
  private final Encoder encoder;
  private final Dense hidden;
  private final Dense output;

  Critic(EncoderKind kind, int features, RandomGenerator random) {
    this.encoder = Encoder.create(kind, features + 1, random);
    this.hidden = Dense.glorot(2 * Encoder.WIDTH, Encoder.WIDTH, random);
    this.output = Dense.glorot(Encoder.WIDTH, 1, random);
  }

  /** V [B]. */
  Tensor values(States states) {
    Tensor h =
        encoder
            .encode(states.features(), states.edges())
            .reshape(states.count(), states.nodes(), Encoder.WIDTH);
    Tensor pooled = Tensor.cat(1, states.mean(h), states.max(h));
    return output.apply(hidden.apply(pooled).relu()).reshape(-1);
  }

  List<Tensor> parameters() {
    List<Tensor> all = new ArrayList<>(encoder.parameters());
    all.addAll(hidden.parameters());
    all.addAll(output.parameters());
    return all;
  }
}
