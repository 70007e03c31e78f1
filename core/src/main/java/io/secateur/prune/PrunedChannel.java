package io.secateur.prune;

/**
 * One channel of a plan.
 *
 * @param layer node name, the prefix of the channel's {@code state_dict} tensors
 * @param index position among the layer's output channels, from 0
 * @param score how sure the method was; comparable within one plan only
 * @param reason why, in a few words
 */
public record PrunedChannel(String layer, int index, double score, String reason) {}
