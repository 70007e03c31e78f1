package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDictTest {
  private static final long[] FOUR = {4};
  private static final long[] ONE = {1};

  @TempDir Path folder;

  @Test
  void the_network_is_found_beside_a_larger_optimizer_state() throws IOException {
    PickleProgram pickle =
        new PickleProgram().raw("}(").text("optimizer").raw("}(").text("state").raw("}(");
    for (int i = 0; i < 5; i++) {
      tensor(pickle.text("slot" + i));
    }
    pickle.raw("uu").text("net").raw("}(");
    tensor(pickle.text("module.fc.weight"));
    pickle.raw("uu");

    ModelFile read = read(pickle);

    assertThat(read.path()).containsExactly("net");
    assertThat(read.prefix()).isEqualTo("module.");
    assertThat(read.weights().names()).containsExactly("fc.weight");
  }

  @Test
  void the_larger_of_two_unusual_places_wins() throws IOException {
    PickleProgram pickle = new PickleProgram().raw("}(").text("a").raw("}(");
    tensor(pickle.text("w"));
    pickle.raw("u").text("b").raw("}(");
    tensor(pickle.text("w"));
    tensor(pickle.text("v"));
    pickle.raw("uu");

    assertThat(read(pickle).path()).containsExactly("b");
  }

  @Test
  void two_places_of_equal_standing_are_listed_and_either_can_be_chosen() throws IOException {
    PickleProgram pickle =
        new PickleProgram().raw("}(").text("teacher").raw("}").text("net").raw("}(");
    tensor(pickle.text("w"));
    pickle.raw("us").text("student").raw("}").text("net").raw("}(");
    tensor(pickle.text("v"));
    Path file = SampleModels.file(folder, pickle.raw("usu").zipped(PickleProgram.floats(4)));

    assertThatThrownBy(() -> ModelFiles.read(file))
        .isInstanceOf(BadModelFile.class)
        .hasMessageContaining("'teacher/net' (1 tensors), 'student/net' (1 tensors)");
    assertThat(ModelFiles.read(file, "student/net").weights().names()).containsExactly("v");
    assertThatThrownBy(() -> ModelFiles.read(file, "student"))
        .isInstanceOf(BadModelFile.class)
        .hasMessageContaining("no tensors under the key 'student'");
  }

  @Test
  void one_mapping_under_two_keys_is_one_network() throws IOException {
    PickleProgram pickle = new PickleProgram().raw("}(").text("model").raw("}q\u0001(");
    tensor(pickle.text("w"));
    pickle.raw("u").text("net").raw("h\u0001u");

    assertThat(read(pickle).path()).containsExactly("model");
  }

  @Test
  void a_pickle_without_tensors_is_refused() throws IOException {
    assertRefused(new PickleProgram().raw("]"), "holds no state dict but a list");
    assertRefused(new PickleProgram().raw("}"), "holds no tensors");
    assertRefused(tensor(new PickleProgram()), "a single tensor");
  }

  private static PickleProgram tensor(PickleProgram pickle) {
    return pickle.tensor("0", 4, 0, FOUR, ONE);
  }

  private ModelFile read(PickleProgram pickle) throws IOException {
    return ModelFiles.read(SampleModels.file(folder, pickle.zipped(PickleProgram.floats(4))));
  }

  private void assertRefused(PickleProgram pickle, String cause) throws IOException {
    Path file = SampleModels.file(folder, pickle.zipped(PickleProgram.floats(4)));
    assertThatThrownBy(() -> ModelFiles.read(file))
        .isInstanceOf(BadModelFile.class)
        .hasMessageContaining(cause);
  }
}
