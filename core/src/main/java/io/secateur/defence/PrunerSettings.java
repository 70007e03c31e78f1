package io.secateur.defence;

/**
 * Settings of the published defences that prune.
 *
 * @param fp Fine-Pruning
 * @param anp Adversarial Neuron Pruning
 * @param clp channel Lipschitzness
 * @param rnp Reconstructive Neuron Pruning
 */
public record PrunerSettings(
    FinePruning.Settings fp,
    AdversarialNeuronPruning.Settings anp,
    ChannelLipschitzness.Settings clp,
    ReconstructiveNeuronPruning.Settings rnp) {
  /** Those of their sources. */
  public static final PrunerSettings DEFAULT =
      new PrunerSettings(
          FinePruning.Settings.DEFAULT,
          AdversarialNeuronPruning.Settings.DEFAULT,
          ChannelLipschitzness.Settings.DEFAULT,
          ReconstructiveNeuronPruning.Settings.DEFAULT);
}
