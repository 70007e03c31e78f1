package io.secateur.bench;

import io.secateur.metric.Evaluation;

/** Both networks on images that the method never saw. */
record TrustedMeasurement(String images, Evaluation before, Evaluation after) {}
