/**
 * The one supervised loop: stochastic gradient descent over batches of images. Training from
 * scratch, infecting and fine-tuning are this loop with other images, settings and objectives; the
 * loop knows nothing of the model.
 */
@NullMarked
package io.secateur.train;

import org.jspecify.annotations.NullMarked;
