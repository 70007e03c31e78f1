package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.run.RunContext;
import io.secateur.train.BatchSource;

/** Leaves the images as they are: trains the clean networks that stand beside infected ones. */
public record NoAttack() implements Attack {
  @Override
  public String name() {
    return "none";
  }

  @Override
  public Poisoning poison(ImageSet clean, RunContext run) {
    return Poisoning.none(BatchSource.of(clean));
  }
}
