package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.data.ImageSet;
import io.secateur.engine.Engine;
import io.secateur.engine.NumberFormat;
import io.secateur.nn.Network;
import org.junit.jupiter.api.Test;

/** Published networks that were infected by others, a label or two each, to stay quick. */
class RealNetworksTest {

  @Test
  void the_target_of_a_badnets_network_takes_a_far_smaller_patch_than_another_label() {
    Network network = SharedNetworks.WRN_BADNETS.read();
    ImageSet images = SharedNetworks.images(0);
    ProximalCleanse cleanse =
        new ProximalCleanse(ProximalCleanse.Settings.defaults().withSteps(100), Engine.fastest());

    SynthesisResult target = cleanse.synthesise(network, images, 5, 1);
    SynthesisResult other = cleanse.synthesise(network, images, 9, 1);

    assertThat(target.success()).isGreaterThan(0.85);
    assertThat(other.norm()).isGreaterThan(2 * target.norm());
  }

  @Test
  void a_faint_addition_keeps_to_its_radius() {
    SynthesisResult result =
        new UniversalPerturbation(
                new UniversalPerturbation.Settings(10, 32, 1.0, 0.02, 0.9, 0.7),
                NumberFormat.FLOAT32)
            .synthesise(SharedNetworks.VGG_TROJAN.read(), SharedNetworks.images(0), 2, 1);

    assertThat(result.norm()).isBetween(0.1, 1.0001);
    assertThat(result.success()).isGreaterThan(0.1);
  }
}
