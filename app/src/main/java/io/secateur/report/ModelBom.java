package io.secateur.report;

import io.secateur.metric.Proportion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The bill of materials of a repaired model: what it came from, what was done, how it does. */
public final class ModelBom {
  private static final String MODEL = "machine-learning-model";

  private final RepairResult result;

  private ModelBom(RepairResult result) {
    this.result = result;
  }

  /** The bill of the file that the repair wrote; of the model as it came if it wrote none. */
  public static CycloneDx of(RepairResult result) {
    return new ModelBom(result).bill();
  }

  private CycloneDx bill() {
    CycloneDx.Component program =
        new CycloneDx.Component(
            "application",
            Optional.empty(),
            "secateur",
            Optional.of(result.versions().product()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    String identity = result.model().sha256() + result.versions().startedAt();
    UUID serial = UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8));
    return CycloneDx.of(
        "urn:uuid:" + serial,
        new CycloneDx.Metadata(
            result.versions().startedAt(), new CycloneDx.Tools(List.of(program))),
        List.of(written().orElseGet(() -> asItCame(true))));
  }

  private Optional<CycloneDx.Component> written() {
    Optional<String> file = result.modelFile();
    return file.flatMap(
        name -> result.model().sha256().after().map(sha256 -> component(name, sha256)));
  }

  private CycloneDx.Component component(String file, String sha256) {
    return new CycloneDx.Component(
        MODEL,
        Optional.of(sha256),
        file,
        Optional.empty(),
        Optional.of("Image classifier, " + result.verdict() + " by " + result.method()),
        Optional.of(List.of(new CycloneDx.Hash("SHA-256", sha256))),
        Optional.of(
            card(false, Optional.of(new CycloneDx.Considerations(RepairLimits.of(result))))),
        Optional.of(pedigree()),
        Optional.of(properties()));
  }

  private CycloneDx.Component asItCame(boolean alone) {
    String sha256 = result.model().sha256().before();
    return new CycloneDx.Component(
        MODEL,
        Optional.of(sha256),
        RepairPage.fileName(result.model().path()),
        Optional.empty(),
        Optional.of("Image classifier as it came"),
        Optional.of(List.of(new CycloneDx.Hash("SHA-256", sha256))),
        Optional.of(card(true, Optional.empty())),
        Optional.empty(),
        alone ? Optional.of(properties()) : Optional.empty());
  }

  private CycloneDx.ModelCard card(
      boolean before, Optional<CycloneDx.Considerations> considerations) {
    List<CycloneDx.PerformanceMetric> metrics = new ArrayList<>();
    RepairResult.MeasuredOn on = result.measuredOn();
    metrics.add(metric("clean accuracy", result.cleanAccuracy(), before, on.cleanAccuracy()));
    result
        .syntheticAsr()
        .ifPresent(
            asr ->
                metrics.add(
                    metric(
                        "attack success of synthetic triggers", asr, before, on.syntheticAsr())));
    result
        .trueAsr()
        .ifPresent(
            asr ->
                metrics.add(
                    metric(
                        "attack success of the true trigger",
                        asr,
                        before,
                        on.trueAsr().orElse(""))));
    if (!before) {
      result.stress().ifPresent(stress -> metrics.addAll(again(stress)));
    }
    return new CycloneDx.ModelCard(
        new CycloneDx.ModelParameters(
            new CycloneDx.Approach("supervised"),
            "image classification",
            result.model().architecture(),
            List.of(new CycloneDx.Format("image, preprocessing " + result.model().preprocessing())),
            List.of(new CycloneDx.Format(result.model().classes() + " classes"))),
        new CycloneDx.QuantitativeAnalysis(metrics),
        considerations);
  }

  /** How a copy of the repaired model took its backdoor back. */
  private List<CycloneDx.PerformanceMetric> again(RepairResult.Stress stress) {
    RepairResult.MeasuredOn on = result.measuredOn();
    List<CycloneDx.PerformanceMetric> metrics = new ArrayList<>();
    metrics.add(
        metric(
            "attack success of a synthetic trigger after re-tuning with poisoned images",
            stress.attack().after(),
            on.syntheticAsr()));
    metrics.add(
        metric(
            "success of the same trigger for another label after the same re-tuning",
            stress.controlAttack().after(),
            on.syntheticAsr()));
    stress
        .trueAsr()
        .ifPresent(
            asr ->
                metrics.add(
                    metric(
                        "attack success of the true trigger after re-tuning with poisoned images",
                        asr,
                        on.trueAsr().orElse(""))));
    return metrics;
  }

  private static CycloneDx.PerformanceMetric metric(
      String type, RepairResult.BeforeAfter share, boolean before, String images) {
    return metric(type, before ? share.before() : share.after(), images);
  }

  private static CycloneDx.PerformanceMetric metric(String type, Proportion figure, String images) {
    return new CycloneDx.PerformanceMetric(
        type + ", %",
        number(figure.value()),
        images,
        new CycloneDx.ConfidenceInterval(number(figure.low()), number(figure.high())));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private CycloneDx.Pedigree pedigree() {
    Optional<List<CycloneDx.Patch>> patches =
        result
            .target()
            .map(
                target ->
                    List.of(
                        new CycloneDx.Patch(
                            "unofficial",
                            List.of(
                                new CycloneDx.Issue(
                                    "security", "backdoor to label " + target, result.reason())))));
    return new CycloneDx.Pedigree(
        List.of(asItCame(false)),
        patches,
        String.format(
            Locale.ROOT,
            "%s; %d of %d channels pruned by %s, seed %d.",
            result.verdict(),
            result.channels().pruned(),
            result.channels().total(),
            result.method(),
            result.seed()));
  }

  private List<CycloneDx.Property> properties() {
    return List.of(
        new CycloneDx.Property("secateur:verdict", result.verdict()),
        new CycloneDx.Property("secateur:reason", result.reason()),
        new CycloneDx.Property("secateur:method", result.method()),
        new CycloneDx.Property("secateur:cleanData", result.data().name()),
        new CycloneDx.Property("secateur:cleanDataSha256", result.data().sha256()),
        new CycloneDx.Property("secateur:parameters", count(result.parameters())),
        new CycloneDx.Property("secateur:macs", count(result.macs())));
  }

  private static String count(RepairResult.Counts counts) {
    return counts.before() + " -> " + counts.after();
  }
}
