package io.secateur.defence;

import io.secateur.agent.AgentSearch;
import io.secateur.agent.MaskSearch;
import io.secateur.trigger.ChannelStimulation;

/**
 * Settings of all built-in defences. {@link Defences#named} asks for those of the named one only,
 * so that whoever answers can tell which were used.
 */
public interface DefenceSettings {
  /** Those of the sources and of this program's own experiments. */
  DefenceSettings DEFAULT = new DefenceSettings() {};

  /** What is pruned, how much of it, and what a mask is worth; of onp, greedy and masks. */
  default TriggerPruning.Settings pruning() {
    return TriggerPruning.Settings.DEFAULT;
  }

  /** What onp searches with. */
  default MaskSearch agent() {
    return AgentSearch.DEFAULT;
  }

  /** Where triggers come from; of every method that hunts. */
  default TriggerSources sources() {
    return TriggerSources.standard(TriggerSources.STRENGTH);
  }

  /**
   * Whether a treatment comes only after a hunt that found a backdoor. Without one it is applied to
   * every network, as its source does, and nothing but clean accuracy judges the result.
   */
  default boolean hunt() {
    return true;
  }

  /** Fine-tuning. */
  default FineTuning.Settings ft() {
    return FineTuning.Settings.DEFAULT;
  }

  /** Fine-Pruning. */
  default FinePruning.Settings fp() {
    return FinePruning.Settings.DEFAULT;
  }

  /** Adversarial Neuron Pruning. */
  default AdversarialNeuronPruning.Settings anp() {
    return AdversarialNeuronPruning.Settings.DEFAULT;
  }

  /** Channel Lipschitzness. */
  default ChannelLipschitzness.Settings clp() {
    return ChannelLipschitzness.Settings.DEFAULT;
  }

  /** Reconstructive Neuron Pruning. */
  default ReconstructiveNeuronPruning.Settings rnp() {
    return ReconstructiveNeuronPruning.Settings.DEFAULT;
  }

  /** Neural Attention Distillation. */
  default Nad.Settings nad() {
    return Nad.Settings.DEFAULT;
  }

  /** Sharpness-aware fine-tuning. */
  default FtSam.Settings ftSam() {
    return FtSam.Settings.DEFAULT;
  }

  /** Implicit backdoor adversarial unlearning. */
  default IBau.Settings iBau() {
    return IBau.Settings.DEFAULT;
  }

  /** Shared Adversarial Unlearning. */
  default Sau.Settings sau() {
    return Sau.Settings.DEFAULT;
  }

  /** Pruning of channels that say a label by themselves. */
  default ChannelStimulation.Settings stimulation() {
    return ChannelStimulation.Settings.DEFAULT;
  }

  /** Unlearning of Neural Cleanse. */
  default TriggerUnlearning.Settings nc() {
    return TriggerUnlearning.Settings.DEFAULT;
  }
}
