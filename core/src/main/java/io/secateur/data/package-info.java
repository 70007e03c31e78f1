/**
 * Labelled images as plain arrays: readers (CIFAR-10, Tiny ImageNet, folders), the procedural set,
 * fixed splits, seeded samples and augmentation. Input files are hostile: every size is bounded
 * before memory is spent on it, and a refusal names the file, the cause and what would be accepted.
 */
@NullMarked
package io.secateur.data;

import org.jspecify.annotations.NullMarked;
