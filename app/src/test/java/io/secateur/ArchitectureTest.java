package io.secateur;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The rules of the house. Each field is one rule and its name says what it asks for; a package that
 * is still empty keeps every rule.
 */
@AnalyzeClasses(packages = "io.secateur", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  // ---- Who may use whom: the package table of the architecture
  // --------------------------------

  @ArchTest static final ArchRule text_uses_none_of_ours = classesIn("text").mayUse();

  @ArchTest static final ArchRule engine_uses_none_of_ours = classesIn("engine").mayUse();

  @ArchTest static final ArchRule nn_uses_engine = classesIn("nn").mayUse("engine");

  @ArchTest static final ArchRule data_uses_engine_nn = classesIn("data").mayUse("engine", "nn");

  @ArchTest static final ArchRule format_uses_nn = classesIn("format").mayUse("nn");

  @ArchTest static final ArchRule run_uses_none_of_ours = classesIn("run").mayUse();

  @ArchTest
  static final ArchRule train_uses_engine_nn_data_run =
      classesIn("train").mayUse("engine", "nn", "data", "run");

  @ArchTest
  static final ArchRule metric_uses_engine_nn_data =
      classesIn("metric").mayUse("engine", "nn", "data");

  @ArchTest
  static final ArchRule trigger_uses_engine_nn_data_train_metric_run =
      classesIn("trigger").mayUse("engine", "nn", "data", "train", "metric", "run");

  @ArchTest
  static final ArchRule graph_uses_nn_and_prune = classesIn("graph").mayUse("nn", "prune");

  @ArchTest static final ArchRule prune_uses_nn = classesIn("prune").mayUse("nn");

  @ArchTest
  static final ArchRule agent_uses_engine_nn_graph_prune_trigger_metric_run =
      classesIn("agent")
          .mayUse("engine", "nn", "data", "graph", "prune", "trigger", "metric", "run");

  @ArchTest
  static final ArchRule attack_uses_engine_nn_data_train_metric_run =
      classesIn("attack").mayUse("engine", "nn", "data", "train", "metric", "run");

  @ArchTest
  static final ArchRule defence_uses_all_of_core_but_attack =
      classesIn("defence")
          .mayUse(
              "engine", "nn", "data", "format", "run", "train", "metric", "trigger", "graph",
              "prune", "agent");

  @ArchTest
  static final ArchRule explain_uses_what_repairs_but_not_what_attacks =
      classesIn("explain")
          .mayUse(
              "engine", "nn", "data", "metric", "trigger", "graph", "prune", "agent", "defence");

  @ArchTest
  static final ArchRule fetch_uses_data_and_run = classesIn("fetch").mayUse("data", "run");

  @ArchTest static final ArchRule tracking_uses_run = classesIn("tracking").mayUse("run");

  @ArchTest
  static final ArchRule packages_have_no_cycles =
      slices().matching("io.secateur.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  @ArchTest
  static final ArchRule nothing_but_the_command_line_knows_the_command_line =
      noClassOutside("cli").should().dependOnClassesThat(in("cli")).allowEmptyShould(true);

  // ---- The defender is blind
  // -----------------------------------------------------------------------

  @ArchTest
  static final ArchRule what_repairs_cannot_see_what_attacks =
      noClassIn("defence", "agent", "trigger", "graph", "prune")
          .should()
          .dependOnClassesThat(in("attack"))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule what_repairs_cannot_see_the_ground_truth =
      noClassIn("defence", "agent", "trigger", "graph", "prune", "explain")
          .should()
          .dependOnClassesThat(
              are(
                  "io.secateur.metric.GroundTruth",
                  "io.secateur.metric.Target",
                  "io.secateur.metric.TrueTrigger",
                  "io.secateur.metric.Stamp",
                  "io.secateur.metric.Add",
                  "io.secateur.metric.Blend",
                  "io.secateur.metric.Warp",
                  "io.secateur.metric.Generator"))
          .allowEmptyShould(true);

  // ---- The native library stays behind one door
  // ----------------------------------------------------

  /** The only classes of {@code nn} that compute, and so the only ones that need the engine. */
  private static final String[] COMPUTING = {
    "io.secateur.nn.Interpreter", "io.secateur.nn.LayerFunctions", "io.secateur.nn.Hooks",
  };

  @ArchTest
  static final ArchRule only_engine_imports_the_tensor_library =
      noClassOutside("engine")
          .should()
          .dependOnClassesThat(resideInAPackage("org.bytedeco.."))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule networks_layers_and_weights_load_without_the_native_library =
      noClasses()
          .that(in("nn").and(not(are(COMPUTING))))
          .should()
          .dependOnClassesThat(in("engine").or(are(COMPUTING)))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule data_computes_only_to_scale_images =
      noClassIn("data")
          .and(not(are("io.secateur.data.Resizing")))
          .should()
          .dependOnClassesThat(in("engine").or(are("io.secateur.nn.Interpreter")))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule graph_prune_run_and_format_load_without_the_native_library =
      noClassIn("graph", "prune", "run", "format")
          .should()
          .dependOnClassesThat(in("engine").or(are("io.secateur.nn.Interpreter")))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule results_hold_no_native_tensors =
      fields()
          .that()
          .areDeclaredInClassesThat(
              not(in("engine", "nn"))
                  .and(
                      describe(
                          "public records",
                          type ->
                              type.isRecord()
                                  && type.getModifiers().contains(JavaModifier.PUBLIC))))
          .should()
          .notHaveRawType(in("engine"))
          .allowEmptyShould(true);

  // ---- What is written reads the same everywhere
  // ---------------------------------------------------------------

  @ArchTest
  static final ArchRule no_text_follows_the_language_of_the_machine =
      noClasses()
          .should()
          .callMethod(String.class, "format", String.class, Object[].class)
          .orShould()
          .callMethod(String.class, "formatted", Object[].class)
          .orShould()
          .callMethod(java.io.PrintWriter.class, "printf", String.class, Object[].class)
          .orShould()
          .callMethod(java.io.PrintStream.class, "printf", String.class, Object[].class);

  // ---- Foreign libraries have a home
  // ---------------------------------------------------------------

  @ArchTest
  static final ArchRule json_is_bound_to_records_only_in_format_run_and_the_app =
      noClassOutside("format", "run", "bench", "experiment", "report", "tracking", "cli")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("tools.jackson.databind..", "tools.jackson.dataformat.."))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule json_is_tokenised_only_in_format_run_and_the_app =
      noClassOutside("format", "run", "bench", "experiment", "report", "tracking", "cli")
          .should()
          .dependOnClassesThat(resideInAPackage("tools.jackson.core.."))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule protobuf_is_known_only_in_format_and_where_runs_are_tracked =
      noClassOutside("format", "tracking")
          .should()
          .dependOnClassesThat(resideInAnyPackage("com.google.protobuf..", "ai.onnx.."))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule tar_archives_are_known_only_in_fetch =
      noClassOutside("fetch")
          .should()
          .dependOnClassesThat(resideInAPackage("org.apache.commons.compress.."))
          .allowEmptyShould(true);

  // ---- The world outside has few doors
  // -------------------------------------------------------------

  /** {@code Engine} reads what the system says of its processor, and no other file. */
  @ArchTest
  static final ArchRule files_are_opened_only_in_data_format_run_and_the_app =
      noClasses()
          .that(
              not(in(
                      "data",
                      "format",
                      "run",
                      "bench",
                      "experiment",
                      "fetch",
                      "report",
                      "tracking",
                      "cli"))
                  .and(not(are("io.secateur.engine.Engine"))))
          .should()
          .dependOnClassesThat(
              are(
                  "java.io.File",
                  "java.io.FileInputStream",
                  "java.io.FileOutputStream",
                  "java.io.FileReader",
                  "java.io.FileWriter",
                  "java.io.RandomAccessFile",
                  "java.nio.channels.FileChannel",
                  "java.nio.file.Files",
                  "java.util.zip.ZipFile"))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule only_run_reads_the_clock =
      noClassOutside("run")
          .should()
          .accessTargetWhere(
              member("java.lang.System", "currentTimeMillis|nanoTime")
                  .or(member("java.time.Instant", "now"))
                  .or(member("java.time.(Local|Zoned|Offset)\\w+", "now"))
                  .or(member("java.time.(Clock|InstantSource)", "system.*|tick.*"))
                  .or(member("java.util.Date", "<init>")))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule no_number_is_drawn_without_a_seed =
      noClassOutside("run")
          .should()
          .accessTargetWhere(
              withoutArguments("java.util.(Random|SplittableRandom)", "<init>")
                  .or(member("java.lang.Math", "random"))
                  .or(member("java.util.concurrent.ThreadLocalRandom", "current"))
                  .or(member("java.security.SecureRandom", ".*"))
                  .or(member("java.util.UUID", "randomUUID"))
                  .or(member("java.util.random.RandomGenerator(Factory)?", "getDefault|of"))
                  .or(describe("Collections.shuffle(List)", ArchitectureTest::unseededShuffle)))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule only_the_command_line_touches_the_standard_streams =
      noClassOutside("cli")
          .should()
          .accessTargetWhere(
              member("java.lang.System", "in|out|err|console")
                  .or(
                      describe(
                          "Throwable.printStackTrace()",
                          access ->
                              access.getTarget().getName().equals("printStackTrace")
                                  && access.getTargetOwner().isAssignableTo(Throwable.class))))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule only_the_command_line_ends_the_process =
      noClassOutside("cli")
          .should()
          .accessTargetWhere(
              member("java.lang.System", "exit").or(member("java.lang.Runtime", "exit|halt")))
          .allowEmptyShould(true);

  // ---- Nothing foreign is executed, nothing is hidden
  // ----------------------------------------------

  @ArchTest
  static final ArchRule no_java_deserialisation =
      noClasses()
          .should()
          .dependOnClassesThat(
              are(
                  "java.io.ObjectInputStream",
                  "java.io.ObjectOutputStream",
                  "java.beans.XMLDecoder"))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule no_reflection_by_name =
      noClasses()
          .should()
          .accessTargetWhere(
              member("java.lang.Class", "forName|get(Declared)?(Method|Field)")
                  .or(member("java.lang.ClassLoader", "loadClass|defineClass"))
                  .or(member("java.lang.invoke.MethodHandles\\$Lookup", "find.*"))
                  .or(member("java.net.URLClassLoader", ".*")))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule no_scripting =
      noClasses()
          .should()
          .dependOnClassesThat(resideInAnyPackage("javax.script..", "javax.tools.."))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule only_fetch_and_tracking_use_the_web =
      noClassOutside("fetch", "tracking")
          .should()
          .dependOnClassesThat(resideInAPackage("java.net.http.."))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule nothing_is_fetched_but_by_the_command_for_it =
      noClasses()
          .that(not(in("fetch")).and(not(are("io.secateur.cli.DownloadCommand"))))
          .should()
          .dependOnClassesThat(in("fetch"))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule nothing_is_told_to_a_tracker_but_by_the_options_for_it =
      noClasses()
          .that(not(in("tracking")).and(not(are("io.secateur.cli.TrackingOptions"))))
          .should()
          .dependOnClassesThat(in("tracking").and(not(are("io.secateur.tracking.Tracking"))))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule nothing_else_is_sent_and_nothing_listens =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("com.sun.net.httpserver..", "java.rmi..")
                  .or(
                      are(
                          "java.net.Socket",
                          "java.net.ServerSocket",
                          "java.net.DatagramSocket",
                          "java.net.URLConnection",
                          "java.net.HttpURLConnection")))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule static_fields_are_final =
      fields().that().areStatic().should().beFinal().allowEmptyShould(true);

  // ---- Habits
  // ----------------------------------------------------------------------------------------

  @ArchTest
  static final ArchRule every_package_is_null_marked =
      classes().should(beInANullMarkedPackage()).allowEmptyShould(true);

  @ArchTest
  static final ArchRule names_say_what_a_thing_is =
      noClasses()
          .should()
          .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl)")
          .orShould()
          .haveNameMatching(".*[.$]Abstract[A-Z]\\w*")
          .allowEmptyShould(true);

  // ---- The words the rules are written in
  // ------------------------------------------------------------

  /** The left side of a row of the package table; foreign text and hashes come to everyone. */
  private record Row(String name) {
    ArchRule mayUse(String... others) {
      String[] allowed =
          Stream.concat(Stream.of(name, "text"), Arrays.stream(others)).toArray(String[]::new);
      return classes()
          .that(in(name))
          .should()
          .onlyDependOnClassesThat(not(resideInAPackage("io.secateur..")).or(in(allowed)))
          .allowEmptyShould(true);
    }
  }

  private static Row classesIn(String name) {
    return new Row(name);
  }

  private static GivenClassesConjunction noClassIn(String... names) {
    return noClasses().that(in(names));
  }

  private static GivenClassesConjunction noClassOutside(String... names) {
    return noClasses().that(not(in(names)));
  }

  private static DescribedPredicate<JavaClass> in(String... names) {
    String[] packages =
        Arrays.stream(names).map(name -> "io.secateur." + name + "..").toArray(String[]::new);
    return resideInAnyPackage(packages);
  }

  /** The classes of these names, and what is nested in them. */
  private static DescribedPredicate<JavaClass> are(String... names) {
    Set<String> wanted = Set.copyOf(List.of(names));
    return describe(
        "are any of " + String.join(", ", names),
        type -> {
          String outermost = type.getBaseComponentType().getName().replaceFirst("\\$.*", "");
          return wanted.contains(outermost);
        });
  }

  private static DescribedPredicate<JavaAccess<?>> member(String owner, String name) {
    Pattern owners = Pattern.compile(owner);
    Pattern names = Pattern.compile(name);
    return describe(
        owner + "." + name,
        access ->
            owners.matcher(access.getTargetOwner().getName()).matches()
                && names.matcher(access.getTarget().getName()).matches());
  }

  private static DescribedPredicate<JavaAccess<?>> withoutArguments(String owner, String name) {
    return member(owner, name)
        .and(
            describe(
                "without arguments", access -> access.getTarget().getFullName().endsWith("()")));
  }

  private static boolean unseededShuffle(JavaAccess<?> access) {
    return access.getTarget().getFullName().equals("java.util.Collections.shuffle(java.util.List)");
  }

  private static ArchCondition<JavaClass> beInANullMarkedPackage() {
    return new ArchCondition<>("be in a package marked @NullMarked in its package-info") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
        events.add(
            new SimpleConditionEvent(
                type, marked, "package " + type.getPackageName() + " of " + type.getName()));
      }
    };
  }
}
