package io.secateur.explain;

import io.secateur.defence.RepairOutcome;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.Trigger;
import java.util.ArrayList;
import java.util.List;

/**
 * The synthetic triggers, of those that can be looked at, that stand for a backdoor towards one
 * label.
 *
 * @param target label that they force
 * @param triggers at least one, all made on the suspect as it came
 */
public record SyntheticAttack(int target, List<Trigger> triggers) {
  /** Copies the list. */
  public SyntheticAttack {
    triggers = List.copyOf(triggers);
    if (triggers.isEmpty()) {
      throw new IllegalArgumentException("an attack needs at least one trigger");
    }
  }

  /** Those of a repair, one for each label that a backdoor leads to, as far as there are any. */
  public static List<SyntheticAttack> of(RepairOutcome outcome) {
    List<SyntheticAttack> attacks = new ArrayList<>();
    if (outcome.hunt().isPresent()) {
      HuntResult hunt = outcome.hunt().get();
      for (int label : hunt.accused()) {
        List<Trigger> triggers = new ArrayList<>();
        for (RepairOutcome.Relapse relapse : outcome.relapses()) {
          if (relapse.before().target() == label) {
            triggers.add(relapse.before().trigger());
          }
        }
        if (triggers.isEmpty() || !hunt.byFallback()) {
          triggers.add(0, hunt.findings().get(label).trigger());
        }
        add(label, triggers, attacks);
      }
    } else if (outcome.target().isPresent() && !outcome.proxies().isEmpty()) {
      add(outcome.target().getAsInt(), onSuspect(outcome), attacks);
    }
    return List.copyOf(attacks);
  }

  private static void add(int target, List<Trigger> triggers, List<SyntheticAttack> attacks) {
    List<Trigger> visible = triggers.stream().filter(Trigger::visible).toList();
    if (!visible.isEmpty()) {
      attacks.add(new SyntheticAttack(target, visible));
    }
  }

  /** Proxies come in the order they were made; the strongest is the last made on the suspect. */
  private static List<Trigger> onSuspect(RepairOutcome outcome) {
    List<Trigger> triggers = new ArrayList<>();
    for (Trigger proxy : outcome.proxies()) {
      triggers.add(proxy);
      if (outcome.relapses().stream().anyMatch(r -> r.before().trigger().equals(proxy))) {
        break;
      }
    }
    return triggers;
  }

  /** {@code images} [N, C, H, W] in [0, 1], row-major, with a trigger on. */
  public static float[] triggered(Trigger trigger, float[] images, FeatureShape shape) {
    return Scope.value(
        () ->
            trigger.apply(Tensor.of(images, shape.batch(images.length / shape.size()))).toFloats());
  }
}
