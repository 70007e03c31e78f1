package io.secateur.report;

import java.util.List;
import java.util.Map;

/** The kinds of finding. Their ids never change their meaning. */
enum SarifRule {
  BACKDOOR_FOUND(
      "SCT001",
      "BackdoorFound",
      "error",
      "9.0",
      "A backdoor leads to a label.",
      "For one label of the model a pattern was found that is far smaller than those that force the"
          + " other labels, and that turns almost every image into that label; or a copy that was"
          + " made to forget clean images mistakes most of them for that label. This is how a"
          + " backdoor shows that was trained in.",
      "Do not use the model. Repair it with 'secateur repair', or get one from a source that you"
          + " trust."),
  DOUBTFUL_LABEL(
      "SCT002",
      "DoubtfulLabel",
      "warning",
      "5.0",
      "A label stands out from others, but not clearly so.",
      "The smallest trigger that forces the label stands out among those of the other labels by too"
          + " little, or not from every start of the search, to accuse it; or a copy that was made to"
          + " forget clean images mistakes more of them for that label than clean models do.",
      "Scan again with more clean images (--clean-size) or another seed (--seed)."),
  INCONCLUSIVE(
      "SCT003",
      "Inconclusive",
      "warning",
      "4.0",
      "It could not be told whether the model has a backdoor.",
      "The evidence is weak, contradicts itself, or there is too little of it, as with very few"
          + " labels. A model that could not be judged is not known to be clean.",
      "Check the preprocessing, then try more clean images (--clean-size) or another seed (--seed)."),
  NOT_REPAIRED(
      "SCT004",
      "BackdoorNotRepaired",
      "error",
      "9.0",
      "The repaired model does not meet the policy.",
      "After the repair a trigger still works on more images than --max-asr allows, or clean"
          + " accuracy fell by more than --max-ca-drop.",
      "Do not use either model. Try another --method, more clean images, or --recover."),
  REPAIRED(
      "SCT005",
      "BackdoorRepaired",
      "note",
      "2.0",
      "The model had a backdoor; the repaired file meets the policy.",
      "A backdoor was found in the model as it came. In the repaired file its triggers no longer"
          + " work on more images than --max-asr allows, and clean accuracy held.",
      "Use the repaired file instead of the model as it came, and ask where that came from."),
  SLEEPING(
      "SCT006",
      "BackdoorSleeps",
      "warning",
      "6.0",
      "The backdoor of the repaired model only sleeps.",
      "A copy of the repaired model was taught the backdoor again with a few poisoned images. It took"
          + " it up far more easily than the same trigger for another label: what carries the"
          + " backdoor is silenced, not gone.",
      "Do not train the repaired model on data that you do not trust, and scan it again after any"
          + " training. Another --method or more clean images may remove more.");

  private final String id;
  private final String name;
  private final String level;
  private final String severity;
  private final String summary;
  private final String description;
  private final String help;

  SarifRule(
      String id,
      String name,
      String level,
      String severity,
      String summary,
      String description,
      String help) {
    this.id = id;
    this.name = name;
    this.level = level;
    this.severity = severity;
    this.summary = summary;
    this.description = description;
    this.help = help;
  }

  String id() {
    return id;
  }

  String level() {
    return level;
  }

  SarifLog.Rule rule() {
    return new SarifLog.Rule(
        id,
        name,
        new SarifLog.Text(summary),
        new SarifLog.Text(description),
        new SarifLog.Text(help),
        new SarifLog.Configuration(level),
        Map.of("tags", List.of("security", "machine-learning"), "security-severity", severity));
  }
}
