package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.format.FileHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooTest {
  @TempDir private Path folder;

  @Test
  void what_has_no_checksum_counts_as_damaged() throws IOException {
    Files.writeString(folder.resolve("recipes.json"), "{}");
    Path model = Files.writeString(folder.resolve("one.safetensors"), "weights");
    Path sums = Files.writeString(folder.resolve("SHA256SUMS"), "");
    Zoo zoo = Zoo.in(folder);

    assertThat(zoo.damaged("one")).containsExactly("one.safetensors");

    Files.writeString(sums, FileHash.sha256(model) + "  one.safetensors\n");
    assertThat(zoo.damaged("one")).isEmpty();

    Files.writeString(folder.resolve("one.result.json"), "{}");
    assertThat(zoo.damaged("one")).containsExactly("one.result.json");

    Files.writeString(model, "others");
    assertThat(zoo.damaged("one")).containsExactly("one.result.json", "one.safetensors");
  }
}
