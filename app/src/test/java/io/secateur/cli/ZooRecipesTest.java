package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.secateur.bench.Zoo;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.StockArchitectures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The zoo that comes with the program. */
class ZooRecipesTest {
  private static final Zoo ZOO =
      Zoo.in(Path.of(System.getProperty("secateur.root", ".")).resolve("zoo"));

  static Stream<String> names() {
    return ZOO.recipes().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void a_recipe_is_a_command_that_can_be_given(String name) {
    Zoo.Recipe recipe = ZOO.recipe(name);
    List<String> arguments = new ArrayList<>(List.of("infect"));
    arguments.addAll(recipe.arguments());
    arguments.addAll(List.of("--data", "cifar10:any", "--out", name + ".safetensors"));

    assertThatCode(() -> Main.commandLine().parseArgs(arguments.toArray(String[]::new)))
        .doesNotThrowAnyException();
    String architecture = arguments.get(arguments.indexOf("--arch") + 1);
    int side = name.startsWith("tiny") ? 64 : 32;
    assertThatCode(
            () ->
                StockArchitectures.build(
                    architecture,
                    new StockArchitectures.Options(new FeatureShape(3, side, side), 10)))
        .doesNotThrowAnyException();
    recipe.cleanModel().ifPresent(clean -> assertThat(ZOO.recipes()).containsKey(clean));
  }

  @ParameterizedTest
  @MethodSource("names")
  void what_is_stored_is_whole_and_as_its_recipe_says(String name) {
    if (!ZOO.stored(name)) {
      return;
    }
    assertThat(ZOO.damaged(name)).isEmpty();
    assertThat(ZOO.result(name).orElseThrow().arguments())
        .containsSubsequence(ZOO.recipe(name).arguments().subList(0, 2))
        .containsAll(ZOO.recipe(name).arguments());
    assertThat(ZOO.truth(name).isPresent()).isEqualTo(!name.matches("clean-\\d+"));
  }
}
