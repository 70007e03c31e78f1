package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.CleanSample;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.run.RunContext;
import io.secateur.train.BatchSource;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RecoveryTest {
  private static final FineTuning.Settings TUNING = new FineTuning.Settings(1, 0.01, 20);

  @Test
  void channels_that_training_would_bring_back_stay_pruned() {
    Network network = leaky();
    CleanSample sample = PlantedChannel.sample();
    PruningPlan plan =
        new PruningPlan(
            List.of(
                new PrunedChannel("norm", 1, 1, "by hand"),
                new PrunedChannel("bare", 2, 1, "by hand")));
    Network pruned = Surgery.apply(network, plan);
    RunContext run = RunContext.quiet(3);
    TriggerSources sources = Scripted.claiming(4).sources(0);
    Diagnosis diagnosis =
        Diagnosis.of(
            new Suspect(network, OptionalInt.of(PlantedChannel.TARGET)),
            sample,
            sources,
            Policy.DEFAULT,
            run);

    Network plain = FineTuning.tune(TUNING, pruned, BatchSource.of(sample.tune()), run);
    Network recovered = Recovery.of(TUNING, pruned, plan, sample, diagnosis, sources, run);

    // nothing holds the gradient back where the activation has a slope on both sides
    assertThat(plain.weights().get("norm.bias").at(1)).isNotZero();
    assertThat(plain.weights().get("bare.bias").at(2)).isNotZero();
    assertThat(recovered.weights().get("norm.bias").at(1)).isZero();
    assertThat(recovered.weights().get("norm.weight").at(1)).isZero();
    assertThat(recovered.weights().get("bare.bias").at(2)).isZero();
    assertThat(recovered.weights().get("norm.bias").at(0))
        .isNotEqualTo(pruned.weights().get("norm.bias").at(0));
  }

  private static Network leaky() {
    var net = new ArchitectureBuilder("leaky", PlantedChannel.images(1, 1).shape());
    String x = net.batchNorm("norm", net.conv("conv", net.input(), 4, 3, 1, 1, false));
    x = net.conv("bare", net.add("slope", new Layer.LeakyRelu(0.1), x), 4, 3, 1, 1, true);
    x = net.add("slope2", new Layer.LeakyRelu(0.1), x);
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 6);
    return RandomNetworks.of(net.build(), 5);
  }
}
