package io.secateur.bench;

import io.secateur.attack.Attack;
import io.secateur.attack.Attacks;
import io.secateur.attack.BadNets;
import io.secateur.attack.Blended;
import io.secateur.attack.CleanLabel;
import io.secateur.attack.DirtyLabel;
import io.secateur.attack.InputAware;
import io.secateur.attack.ProjectedGradient;
import io.secateur.attack.Sig;
import io.secateur.attack.Trojan;
import io.secateur.attack.TrojanNN;
import io.secateur.attack.WaNet;
import io.secateur.metric.Target;
import io.secateur.nn.Network;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of an attack by key; what is not set is as in the literature. Lengths in units of
 * one byte: a radius of 16 is 16/255.
 */
public final class AttackSettings {
  private static final double BYTE = 255;

  private final Settings values;

  /** Takes settings by key. */
  public AttackSettings(Map<String, String> given) {
    this.values = new Settings(given);
  }

  /**
   * The attack called {@code name}.
   *
   * @param clean a network trained on clean images, for attacks that need one
   * @throws BadSetting if there is no such attack, a clean network is missing, or a key or value is
   *     not accepted
   */
  public Attack attack(String name, Optional<Network> clean) {
    if (!Attacks.names().contains(name)) {
      throw new BadSetting(
          "attack is '" + name + "'; expected " + String.join(", ", Attacks.names()));
    }
    Attack standard;
    try {
      standard = Attacks.named(name, clean);
    } catch (IllegalArgumentException e) {
      throw new BadSetting(String.valueOf(e.getMessage()));
    }
    try {
      Attack attack = changed(standard);
      values.finish();
      return attack;
    } catch (BadSetting e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new BadSetting("set: " + e.getMessage());
    }
  }

  private Attack changed(Attack standard) {
    if (standard instanceof BadNets badNets) {
      return new BadNets(values.choice("pattern", badNets.pattern()), labels(badNets.labels()));
    } else if (standard instanceof Trojan trojan) {
      return new Trojan(values.choice("overflow", trojan.overflow()), labels(trojan.labels()));
    } else if (standard instanceof TrojanNN trojan) {
      return trojanNN(trojan);
    } else if (standard instanceof Blended blended) {
      return new Blended(
          values.choice("picture", blended.picture()),
          values.number("alpha", blended.alpha()),
          labels(blended.labels()));
    } else if (standard instanceof CleanLabel cleanLabel) {
      CleanLabel.Settings settings = cleanLabel.settings();
      return new CleanLabel(
          cleanLabel.clean(),
          new CleanLabel.Settings(
              values.whole("target", settings.target()),
              values.number("share", settings.share()),
              perturbation(settings.perturbation())));
    } else if (standard instanceof InputAware dynamic) {
      return new InputAware(
          target(dynamic.target()),
          values.number("rate", dynamic.rate()),
          values.number("cross-rate", dynamic.crossRate()),
          values.number("density", dynamic.density()),
          values.number("lambda-norm", dynamic.lambdaNorm()),
          values.number("lambda-diversity", dynamic.lambdaDiversity()),
          values.whole("mask-epochs", dynamic.maskEpochs()),
          values.number("learning-rate", dynamic.learningRate()));
    } else if (standard instanceof WaNet waNet) {
      return new WaNet(
          target(waNet.target()),
          values.number("rate", waNet.rate()),
          values.number("noise-ratio", waNet.noiseRatio()),
          values.whole("grid", waNet.k()),
          values.number("strength", waNet.strength()));
    } else if (standard instanceof Sig sig) {
      return new Sig(
          values.whole("target", sig.target()),
          values.number("share", sig.share()),
          values.number("delta", sig.delta()),
          values.number("frequency", sig.frequency()));
    }
    return standard;
  }

  private TrojanNN trojanNN(TrojanNN standard) {
    TrojanNN.Settings settings = standard.settings();
    return new TrojanNN(
        standard.clean(),
        new TrojanNN.Settings(
            values.whole("features", settings.features()),
            values.number("value", settings.value()),
            perturbation(settings.descent()),
            values.choice("overflow", settings.overflow())),
        labels(standard.labels()));
  }

  private ProjectedGradient perturbation(ProjectedGradient standard) {
    return new ProjectedGradient(
        values.number("radius", BYTE * standard.radius()) / BYTE,
        values.number("step", BYTE * standard.step()) / BYTE,
        values.whole("steps", standard.steps()));
  }

  private DirtyLabel labels(DirtyLabel standard) {
    return new DirtyLabel(
        target(standard.target()),
        values.number("rate", standard.rate()),
        values.truth("any-class", standard.anyClass()));
  }

  private Target target(Target standard) {
    int label = values.whole("target", standard instanceof Target.One one ? one.label() : 0);
    boolean next = values.truth("all-to-all", standard instanceof Target.Next);
    return next ? new Target.Next() : new Target.One(label);
  }

  /** All settings with their values, for the record; call when the attack is made. */
  public Map<String, String> used() {
    return values.used();
  }
}
