package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.run.SeedTree;
import io.secateur.train.BatchSource;
import java.util.Optional;

/** Leaves the images as they are: trains the clean networks that stand beside infected ones. */
public record NoAttack() implements Attack {
  @Override
  public String name() {
    return "none";
  }

  @Override
  public Poisoning poison(ImageSet clean, SeedTree seeds) {
    return new Poisoning(BatchSource.of(clean), Optional.empty(), 0);
  }
}
