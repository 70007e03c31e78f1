package io.secateur.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeedTreeTest {
  @Test
  void seeds_are_the_same_on_every_machine_and_version() {
    // printf '\0\0\0\0\0\0\0\x07train' | sha256sum
    assertThat(new SeedTree(7).seed("train")).isEqualTo(0x7a179b28ec237390L);
    assertThat(new SeedTree(7).seed()).isEqualTo(7);
  }

  @Test
  void a_child_continues_its_parents_path() {
    SeedTree tree = new SeedTree(42);

    assertThat(tree.child("attack", "blended").seed("order"))
        .isEqualTo(tree.seed("attack", "blended", "order"));
  }

  @Test
  void different_roots_and_paths_give_different_seeds() {
    Set<Long> seeds = new HashSet<>();
    for (long root = 0; root < 100; root++) {
      seeds.add(new SeedTree(root).seed("a"));
      seeds.add(new SeedTree(root).seed("a", "b"));
      seeds.add(new SeedTree(root).seed("ab"));
      seeds.add(new SeedTree(root).seed("b", "a"));
    }

    assertThat(seeds).hasSize(400);
  }

  @Test
  void a_branch_can_be_asked_again_for_the_same_numbers() {
    SeedTree tree = new SeedTree(1);

    assertThat(tree.random("x").longs(5).toArray())
        .isEqualTo(tree.random("x").longs(5).toArray())
        .isNotEqualTo(tree.random("y").longs(5).toArray());
  }
}
