package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MethodOptionsTest {
  private static final Map<String, String> USUAL = Map.of("remnant", "0.75");

  @Test
  void usual_settings_hold_where_nothing_of_the_method_is_set() {
    assertThat(parsed().methodOr(USUAL).settings()).containsEntry("remnant", "0.75");
    assertThat(parsed("--recover").methodOr(USUAL).settings()).containsEntry("remnant", "0.75");
  }

  @Test
  void what_the_user_sets_takes_their_place() {
    assertThat(parsed("--set", "remnant=0.5").methodOr(USUAL).settings())
        .containsEntry("remnant", "0.5");
    assertThat(parsed("--set", "mixed=0").methodOr(USUAL).settings())
        .isEqualTo(parsed("--set", "mixed=0").method().settings());
    assertThat(parsed("--paper").methodOr(USUAL).settings())
        .isEqualTo(parsed("--paper").method().settings());
    assertThat(parsed("--method", "clp").methodOr(USUAL).settings())
        .isEqualTo(parsed("--method", "clp").method().settings());
  }

  private static MethodOptions parsed(String... arguments) {
    MethodOptions options = new MethodOptions();
    new CommandLine(new Holder(options)).parseArgs(arguments);
    return options;
  }

  @CommandLine.Command
  private record Holder(@CommandLine.Mixin MethodOptions method) {}
}
