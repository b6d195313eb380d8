//! The known forms of secrets, as one table.
//!
//! Each form has words of which one must stand in the text, in any case, before its pattern is even compiled: one
//! Aho-Corasick pass over a text finds the words of all forms. The forms are the publicly documented ones of the issuers;
//! gitleaks and detect-secrets served as the list of what to look for.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::shape;

/// One form of secret.
struct Form {
    kind: &'static str,
    /// One of these must be there, in any case.
    words: &'static [&'static str],
    pattern: &'static str,
    /// A shorter text cannot have it: for words that stand in many an id.
    least: usize,
    /// Least entropy of the first group, or of the whole match, in bits a character: keeps sixteen equal letters after `AKIA` out.
    entropy: f64,
}

const fn form(kind: &'static str, words: &'static [&'static str], pattern: &'static str) -> Form {
    Form { kind, words, pattern, least: 0, entropy: 2.0 }
}

/// One that may well be a word: told by its entropy.
const fn random(kind: &'static str, words: &'static [&'static str], pattern: &'static str, entropy: f64) -> Form {
    Form { kind, words, pattern, least: 0, entropy }
}

/// One whose words stand in many an id: looked for only in texts of at least that many bytes.
const fn long(
    kind: &'static str,
    least: usize,
    words: &'static [&'static str],
    pattern: &'static str,
    entropy: f64,
) -> Form {
    Form { kind, words, pattern, least, entropy }
}

#[rustfmt::skip]
static FORMS: &[Form] = &[
    // Private keys and password hashes.
    form("private key", &["private key"], r"-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY"),
    form("PuTTY private key", &["putty-user-key-file"], r"PuTTY-User-Key-File-[0-9]"),
    form("age secret key", &["age-secret-key-"], r"(?i)AGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    form("password hash", &["$2a$", "$2b$", "$2x$", "$2y$"], r"\$2[abxy]\$[0-9]{2}\$[./A-Za-z0-9]{50,}"),
    form("password hash", &["$argon2"], r"\$argon2(?:id|i|d)\$[^\s]{20,}"),
    form("password hash", &["$scrypt$", "$pbkdf2", "pbkdf2_sha", "scrypt:"], r"(?i)(?:\$scrypt\$|\$?pbkdf2[-_:]?sha[0-9]+[$:]|scrypt:[0-9]+:)[^\s]{20,}"),
    form("password hash", &["$1$", "$5$", "$6$", "$y$", "$apr1$"], r"\$(?:1|5|6|y|apr1)\$[^\s$]{1,40}\$[./A-Za-z0-9$]{20,}"),
    form("password hash", &["{ssha", "{sha}", "{smd5}"], r"(?i)\{(?:SSHA[0-9]*|SHA|SMD5)\}[A-Za-z0-9+/=]{20,}"),
    form("password hash", &["scram-sha-256$"], r"SCRAM-SHA-256\$[0-9]+:[^\s]{20,}"),
    // Tokens of general use.
    form("JSON Web Token", &["eyj"], r"\beyJ[A-Za-z0-9_/+-]{10,}\.eyJ[A-Za-z0-9_/+-]{10,}"),
    form("JSON Web Token", &["eyj"], r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    form("JSON Web Token, encoded", &["zxlk"], r"\bZXlK[A-Za-z0-9+/_-]{40,}"),
    // Clouds.
    random("AWS access key", &["akia", "asia", "abia", "acca", "a3t"], r"\b((?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})\b", 2.5),
    random("AWS bedrock key", &["absk", "bedrock-api-key-"], r"\b(?:ABSK[A-Za-z0-9+/]{100,}|bedrock-api-key-[A-Za-z0-9+/]{20,})", 3.0),
    random("AWS MWS token", &["amzn.mws."], r"amzn\.mws\.[0-9a-f-]{36}", 2.5),
    random("Google API key", &["aiza"], r"\bAIza[A-Za-z0-9_-]{32,40}", 3.0),
    random("Google OAuth token", &["ya29."], r"\bya29\.[A-Za-z0-9_-]{20,}", 3.0),
    random("Google OAuth refresh token", &["1//0"], r"\b1//0[A-Za-z0-9_-]{30,}", 3.0),
    random("Google client secret", &["gocspx-"], r"GOCSPX-[A-Za-z0-9_-]{20,}", 2.5),
    random("Google service account", &["service_account"], r#""private_key(?:_id)?"\s*:\s*"([^"]{10,})"#, 2.0),
    random("Azure client secret", &["q~"], r"(?:^|[^A-Za-z0-9_~.-])([A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})", 3.0),
    random("Azure storage key", &["accountkey", "sharedaccesskey"], r"(?i)(?:AccountKey|SharedAccessKey)\s*=\s*([A-Za-z0-9+/]{16,}={0,2})", 2.5),
    random("Azure shared access signature", &["sig="], r"(?i)[?&;]sig=([A-Za-z0-9%+/_-]{20,}={0,2})", 3.0),
    random("Azure DevOps token", &["azdo"], r"\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b", 3.0),
    long("Alibaba access key", 16, &["ltai"], r"\bLTAI[A-Za-z0-9]{12,20}\b", 2.8),
    random("DigitalOcean token", &["dop_v1_", "doo_v1_", "dor_v1_"], r"(?i)\bdo[opr]_v1_[a-f0-9]{64}", 2.5),
    random("Cloudflare origin key", &["v1.0-"], r"\bv1\.0-[a-f0-9]{24}-[a-f0-9]{100,}", 2.5),
    random("Fly.io token", &["fo1_", "fm1a_", "fm1r_", "fm2_"], r"\b(?:fo1_[\w-]{43}|fm1[ar]_[A-Za-z0-9+/]{60,}|fm2_[A-Za-z0-9+/]{60,})", 3.0),
    random("Heroku API key", &["hrku-"], r"\bHRKU-[A-Za-z0-9_-]{30,}", 2.5),
    random("Yandex key", &["aqvn", "t1."], r"\b(?:AQVN[A-Za-z0-9_-]{35,38}|t1\.[A-Za-z0-9_-]+=*\.[A-Za-z0-9_-]{86}=*)", 3.0),
    long("IBM Cloud key", 50, &["bx_", "ibm"], r"(?i)\bibm[a-z_-]*(?:key|pass|password|pwd|token)\W{1,6}([A-Za-z0-9_-]{44})\b", 3.0),
    random("Tencent secret id", &["akid"], r"\bAKID[A-Za-z0-9]{32}\b", 3.0),
    random("Scaleway key", &["scw"], r"\bSCW[A-Z0-9]{17}\b", 2.5),
    // Source code, packages, builds.
    random("GitHub token", &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], r"\bgh[pousr]_[A-Za-z0-9]{30,}", 2.8),
    random("GitHub token", &["github_pat_"], r"\bgithub_pat_[A-Za-z0-9_]{40,}", 2.8),
    random("GitLab token", &["glpat-", "gldt-", "glptt-", "glrt-", "glsoat-", "glft-", "glimt-", "glagent-", "gloas-", "glcbt-", "glffct-"], r"\bgl(?:pat|dt|ptt|rt|soat|ft|imt|agent|oas|cbt|ffct)-[A-Za-z0-9_.=-]{16,}", 2.5),
    random("GitLab token", &["gr1348941", "_gitlab_session="], r"(?:GR1348941[\w-]{20}|_gitlab_session=[0-9a-z]{32})", 2.5),
    random("Bitbucket token", &["atbb", "atctt3"], r"\b(?:ATBB[A-Za-z0-9]{24,}|ATCTT3[A-Za-z0-9_=-]{100,})", 2.8),
    random("npm token", &["npm_"], r"(?i)\bnpm_[a-z0-9]{36}", 3.0),
    random("npm token", &["_authtoken"], r"_authToken\s*=\s*([^\s$]{8,})", 2.0),
    random("PyPI token", &["pypi-"], r"\bpypi-[A-Za-z0-9_-]{40,}", 3.0),
    random("RubyGems key", &["rubygems_"], r"\brubygems_[a-f0-9]{48}", 2.5),
    random("Clojars token", &["clojars_"], r"(?i)CLOJARS_[a-z0-9]{60}", 2.5),
    long("crates.io token", 35, &["cio"], r"\bcio[A-Za-z0-9]{32}\b", 3.2),
    long("NuGet key", 46, &["oy2"], r"\boy2[a-z0-9]{43}\b", 3.0),
    random("Docker token", &["dckr_pat_", "dckr_oat_"], r"\bdckr_[po]at_[A-Za-z0-9_-]{20,}", 2.5),
    long("Artifactory key", 13, &["akcp", "cmvmd", "akc"], r"\b(?:AKC[a-zA-Z0-9]{10,}|cmVmd[A-Za-z0-9]{55,})", 3.2),
    random("CircleCI token", &["ccipat_"], r"\bCCIPAT_[A-Za-z0-9_]{30,}", 2.8),
    random("Buildkite token", &["bkua_"], r"\bbkua_[a-z0-9]{40}", 2.5),
    random("Terraform token", &["atlasv1"], r"(?i)[a-z0-9]{14}\.atlasv1\.[a-z0-9_=-]{50,}", 3.0),
    random("Pulumi token", &["pul-"], r"\bpul-[a-f0-9]{40}", 2.5),
    random("Harness token", &["pat.", "sat."], r"\b[ps]at\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}", 3.0),
    long("Octopus key", 30, &["api-"], r"\bAPI-[A-Z0-9]{26,}\b", 3.0),
    random("Sourcegraph token", &["sgp_"], r"(?i)\bsgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}", 2.5),
    random("Codecov or Snyk token", &["snyk_"], r"\bsnyk_[a-z]{2,4}\.[A-Za-z0-9_.-]{20,}", 2.8),
    random("SonarQube token", &["sqp_", "squ_", "sqa_"], r"\bsq[pua]_[a-f0-9]{40}", 2.5),
    // Chat and mail.
    random("Slack token", &["xoxa", "xoxb", "xoxp", "xoxo", "xoxs", "xoxr", "xoxe", "xoxd", "xoxc"], r"(?i)\bxox[a-e,o-s](?:\.xox[bp])?-[A-Za-z0-9%-]{8,}", 2.5),
    random("Slack app token", &["xapp-"], r"(?i)\bxapp-[0-9]-[A-Z0-9]+-[0-9]+-[a-z0-9]+", 2.5),
    random("webhook URL", &["hooks.slack.com/"], r"(?i)hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{20,})", 2.5),
    random("webhook URL", &["/api/webhooks/"], r"(?i)discord(?:app)?\.com/api/webhooks/[0-9]{8,}/([A-Za-z0-9_-]{20,})", 2.5),
    random("webhook URL", &["webhook.office.com", "/incomingwebhook/"], r"(?i)(?:webhook\.office\.com/webhookb2|/IncomingWebhook)/([a-z0-9@/-]{30,})", 2.5),
    random("webhook URL", &["hooks.zapier.com/", "maker.ifttt.com/"], r"(?i)(?:hooks\.zapier\.com/hooks/catch/[0-9]+/[a-z0-9]{5,}|maker\.ifttt\.com/\S*/key/[\w-]{10,})", 2.0),
    random("webhook URL", &["chat.googleapis.com/"], r"(?i)chat\.googleapis\.com/v1/spaces/\S+[?&](?:key|token)=([\w%-]{10,})", 2.0),
    random("Telegram bot token", &[":aa"], r"\b[0-9]{5,16}:AA[A-Za-z0-9_-]{32,34}", 3.0),
    long("Discord bot token", 59, &["mt", "nj", "nz", "nd", "od", "ot", "mz"], r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}", 3.5),
    long("Twilio key", 34, &["sk", "ac"], r"\b(?:SK|AC)[0-9a-f]{32}\b", 2.8),
    random("SendGrid key", &["sg."], r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}", 3.0),
    random("Mailgun key", &["key-", "pubkey-"], r"\b(?:pub)?key-[a-f0-9]{32}\b", 2.8),
    random("Mailchimp key", &["-us"], r"\b[a-f0-9]{32}-us[0-9]{1,2}\b", 2.8),
    random("Sendinblue key", &["xkeysib-", "xsmtpsib-"], r"\bx(?:key|smtp)sib-[a-f0-9]{64}-[A-Za-z0-9]{16}", 2.8),
    random("Postmark or Resend key", &["re_"], r"\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}", 3.2),
    // AI.
    random("Anthropic key", &["sk-ant-"], r"\bsk-ant-[A-Za-z0-9_-]{20,}", 2.8),
    random("OpenAI key", &["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-or-", "sk-lf-"], r"\bsk-(?:proj|svcacct|admin|or|lf)-[A-Za-z0-9_-]{20,}", 2.8),
    random("OpenAI key", &["sk-"], r"\bsk-([A-Za-z0-9]{32,})", 3.0),
    random("Hugging Face token", &["hf_", "api_org_"], r"\b(?:hf|api_org)_([A-Za-z0-9]{30,})", 3.2),
    random("Perplexity key", &["pplx-"], r"\bpplx-[A-Za-z0-9]{40,}", 3.0),
    random("Groq, xAI or Replicate key", &["gsk_", "xai-", "r8_"], r"\b(?:gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{37,})", 3.0),
    random("LangSmith key", &["lsv2_"], r"\blsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{8,}", 2.5),
    random("Pinecone key", &["pcsk_"], r"\bpcsk_[A-Za-z0-9_]{30,}", 3.0),
    // Payment and shops.
    random("Stripe key", &["sk_live", "sk_test", "sk_prod", "rk_live", "rk_test", "rk_prod", "whsec_"], r"\b(?:(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/]{20,})", 2.5),
    random("Square token", &["sq0atp-", "sq0csp-", "eaaa"], r"\b(?:sq0(?:atp|csp)-[\w-]{20,}|EAAA[\w-]{50,})", 2.8),
    random("Facebook token", &["eaam", "eaac"], r"\bEAA[MC][A-Za-z0-9]{80,}", 3.0),
    random("PayPal or Braintree token", &["access_token$"], r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}", 2.5),
    random("Shopify token", &["shpat_", "shpca_", "shppa_", "shpss_", "shpua_"], r"(?i)\bshp(?:at|ca|pa|ss|ua)_[a-f0-9]{32}", 2.5),
    random("Plaid token", &["access-sandbox-", "access-development-", "access-production-"], r"\baccess-(?:sandbox|development|production)-[0-9a-f-]{36}", 2.5),
    random("Flutterwave key", &["flwseck", "flwpubk"], r"FLW(?:SECK|PUBK)(?:_TEST)?-[A-Za-z0-9]{12,}", 2.5),
    random("Shippo, EasyPost or Duffel key", &["shippo_", "ezak", "eztk", "duffel_"], r"\b(?:shippo_(?:live|test)_[a-fA-F0-9]{40}|EZ[AT]K[A-Za-z0-9]{54}|duffel_(?:test|live)_[\w=-]{43})", 2.5),
    long("Lob, GoCardless or Adyen key", 36, &["live_", "test_"], r"\b(?:live|test)_(?:pub_)?[A-Za-z0-9_=-]{31,}", 3.4),
    // Databases and data platforms.
    random("Databricks token", &["dapi", "dkea", "dose"], r"\b(?:dapi|dkea|dose)[a-f0-9]{32}(?:-[0-9])?\b", 2.5),
    random("PlanetScale token", &["pscale_"], r"(?i)\bpscale_(?:tkn|pw|oauth)_[\w=.-]{30,}", 2.5),
    random("Supabase key", &["sbp_", "sb_secret_"], r"\b(?:sbp_(?:v0_)?[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{20,})", 2.5),
    random("ClickHouse key", &["4b1d"], r"\b4b1d[A-Za-z0-9]{38}\b", 3.0),
    random("Aiven or Neon token", &["aivenv1", "napi_"], r"\b(?:aivenv1[A-Za-z0-9+/=]{100,}|napi_[a-z0-9]{40,})", 3.0),
    long("Airtable token", 80, &["pat"], r"\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b", 3.0),
    random("Contentful token", &["cfpat-"], r"\bCFPAT-[A-Za-z0-9_-]{40,}", 3.0),
    random("dbt token", &["dbtc_", "dbtu_"], r"\bdbt[cu]_[A-Za-z0-9_-]{30,}", 3.0),
    // Work, monitoring, infrastructure.
    random("Vault token", &["hvs.", "hvb.", "hvr."], r"\bhv[sbr]\.[A-Za-z0-9_-]{20,}", 3.0),
    random("Vault token", &["s."], r"(?:^|[^\w.-])(s\.[A-Za-z0-9]{24})(?:$|[^\w.])", 3.4),
    random("Consul or Nomad token", &["_token="], r"(?i)(?:consul|nomad)_(?:http_)?token=([0-9a-f-]{36})", 2.5),
    random("Doppler token", &["dp."], r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]+\.)?[A-Za-z0-9]{40,}", 2.8),
    random("1Password key", &["a3-", "ops_eyj"], r"\b(?:A3-[A-Z0-9]{6}-[A-Z0-9-]{20,}|ops_eyJ[A-Za-z0-9+/]{100,})", 3.0),
    random("Linear key", &["lin_api_", "lin_oauth_"], r"(?i)\blin_(?:api|oauth)_[a-z0-9]{32,}", 2.8),
    long("Notion token", 45, &["ntn_", "secret_"], r"\b(?:ntn_[0-9]{8,}[A-Za-z0-9]{30,}|secret_[A-Za-z0-9]{43})\b", 3.2),
    random("Atlassian token", &["atatt3"], r"\bATATT3[A-Za-z0-9_=-]{40,}", 3.0),
    random("Figma token", &["figd_"], r"\bfigd_[A-Za-z0-9_-]{30,}", 3.0),
    random("HubSpot token", &["pat-na", "pat-eu"], r"\bpat-(?:na|eu)[0-9]-[0-9a-f-]{36}", 2.5),
    random("Typeform token", &["tfp_"], r"\btfp_[A-Za-z0-9_.=-]{40,}", 3.0),
    random("Postman key", &["pmak-"], r"\bPMAK-[a-fA-F0-9]{24}-[a-fA-F0-9]{34}", 2.5),
    random("New Relic key", &["nrak-", "nrjs-", "nrii-", "nraa-", "nrra-"], r"\bNR(?:AK|JS|II|AA|RA)-[A-Za-z0-9-]{19,}", 2.8),
    random("New Relic key", &["ffffnral", "nral"], r"\b[a-f0-9]{32}(?:FFFF)?NRAL\b", 2.5),
    random("Grafana token", &["glc_", "glsa_", "eyjrijoi"], r"(?i)\b(?:glc_[A-Za-z0-9+/]{32,}|glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|eyJrIjoi[A-Za-z0-9]{50,})", 3.0),
    random("Sentry token", &["sntrys_", "sntryu_", "sntrya_"], r"\bsntry[sua]_[A-Za-z0-9+/=_-]{40,}", 3.0),
    random("Dynatrace token", &["dt0"], r"\bdt0[a-z][0-9]{2}\.[A-Z0-9a-z]{8,24}\.[A-Z0-9a-z]{60,}", 3.0),
    random("Datadog key", &["ddapp_", "ddpat_"], r"\bdd(?:app|pat)_[A-Za-z0-9]{30,}", 3.0),
    random("OpenShift token", &["sha256~"], r"\bsha256~[\w-]{43}", 3.0),
    random("Prefect key", &["pnu_", "pnb_"], r"\bpn[ub]_[A-Za-z0-9]{36}\b", 2.8),
    random("ReadMe key", &["rdme_"], r"\brdme_[a-z0-9]{70}", 2.8),
    random("Scalingo token", &["tk-us-"], r"\btk-us-[\w-]{48}", 2.8),
    random("Infracost key", &["ico-"], r"\bico-[A-Za-z0-9]{32}\b", 3.2),
    random("Frame.io token", &["fio-u-"], r"\bfio-u-[A-Za-z0-9_=-]{60,}", 3.0),
    long("Beamer token", 46, &["b_"], r"\bb_[A-Za-z0-9=_-]{44}\b", 3.8),
    random("Adobe client secret", &["p8e-"], r"\bp8e-[A-Za-z0-9]{32}", 2.8),
    random("Defined Networking token", &["dnkey-"], r"\bdnkey-[A-Za-z0-9=_-]{26}-[A-Za-z0-9=_-]{52}", 2.8),
    long("Authress key", 60, &["authress_", "scauth_", "sc_", "ext_"], r"\b(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[A-Za-z0-9+/_=-]{30,}", 3.0),
    random("SettleMint token", &["sm_aat_", "sm_pat_", "sm_sat_"], r"\bsm_[aps]at_[A-Za-z0-9]{16}", 3.0),
    random("MaxMind key", &["_mmk"], r"\b[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk\b", 3.0),
    random("Intra42 secret", &["s-s4t2"], r"\bs-s4t2(?:ud|af)-[a-f0-9]{64}", 2.5),
    random("Mapbox secret token", &["sk.eyj", "pk.eyj"], r"\b[sp]k\.eyJ[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{15,}", 3.0),
    random("Dropbox token", &["sl."], r"\bsl\.[A-Za-z0-9_=-]{100,}", 3.0),
    random("Twitter bearer token", &["aaaaaaaaaaaaaaaaaaaa"], r"A{20,22}[A-Za-z0-9%]{60,}", 3.0),
    random("Okta token", &["ssws "], r"(?i)\bSSWS\s+(00[\w-]{38,42})", 3.0),
    random("Tailscale key", &["tskey-"], r"\btskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{15,}", 2.8),
    random("Cloudinary URL", &["cloudinary://"], r"cloudinary://[0-9]{5,}:([A-Za-z0-9_-]{10,})@", 2.0),
];

/// Words after which `name=value` and `name: value` get a closer look; the names themselves are judged by `names`.
const ASSIGNMENT_WORDS: [&str; 33] = [
    "pass",
    "pwd",
    "pw",
    "secret",
    "token",
    "key",
    "cred",
    "auth",
    "bearer",
    "cookie",
    "session",
    "sig",
    "salt",
    "jwt",
    "contrase",
    "kennwort",
    "heroku",
    "datadog",
    "cloudflare",
    "twilio",
    "connection",
    "dsn",
    "pin",
    "senha",
    "wachtwoord",
    "парол",
    "Парол",
    "密码",
    "密碼",
    "口令",
    "パスワード",
    "비밀번호",
    "暗証番号",
];
const AUTHORIZATION_WORDS: [&str; 4] = ["bearer ", "basic ", "token ", "apikey "];
const LINK_WORDS: [&str; 1] = ["://"];

/// Findings of the multi-pattern pass.
pub(super) struct Hints {
    forms: Vec<usize>,
    pub(super) names: Names,
    /// A word of [`AUTHORIZATION_WORDS`].
    pub(super) authorization: bool,
    /// Something that may be a URL.
    pub(super) link: bool,
}

/// Whether a word of [`ASSIGNMENT_WORDS`] is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    None,
    /// In a sentence, perhaps.
    Mentioned,
    /// With a sign of assignment somewhere.
    Assigned,
}

enum Meaning {
    Form(usize),
    Assignment,
    Authorization,
    Link,
}

struct Search {
    words: AhoCorasick,
    meanings: Vec<Meaning>,
    patterns: Vec<OnceLock<Regex>>,
}

static SEARCH: LazyLock<Search> = LazyLock::new(build);

/// Compiles a pattern of this module: a constant, so that failing is a mistake in the program. It ends it: a scan that
/// quietly lacks a rule would let secrets pass.
#[allow(clippy::expect_used, reason = "the patterns are constants, and a test compiles each of them")]
pub(super) fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of the secret scan compile")
}

#[allow(clippy::expect_used, reason = "the words are constants; see `fixed`")]
fn build() -> Search {
    let mut words: Vec<&str> = Vec::new();
    let mut meanings = Vec::new();
    for (index, form) in FORMS.iter().enumerate() {
        for word in form.words {
            words.push(word);
            meanings.push(Meaning::Form(index));
        }
    }
    for word in ASSIGNMENT_WORDS {
        words.push(word);
        meanings.push(Meaning::Assignment);
    }
    for word in AUTHORIZATION_WORDS {
        words.push(word);
        meanings.push(Meaning::Authorization);
    }
    for word in LINK_WORDS {
        words.push(word);
        meanings.push(Meaning::Link);
    }
    let patterns = FORMS.iter().map(|_| OnceLock::new()).collect();
    let words =
        AhoCorasick::builder().ascii_case_insensitive(true).build(&words).expect("the words of the scan compile");
    Search { words, meanings, patterns }
}

/// One pass over the text.
pub(super) fn hints(text: &str) -> Hints {
    let mut hints = Hints { forms: Vec::new(), names: Names::None, authorization: false, link: false };
    let search = &*SEARCH;
    for found in search.words.find_overlapping_iter(text) {
        match search.meanings[found.pattern().as_usize()] {
            Meaning::Form(form) => {
                if !hints.forms.contains(&form) {
                    hints.forms.push(form);
                }
            }
            Meaning::Assignment => hints.names = Names::Mentioned,
            Meaning::Authorization => hints.authorization = true,
            Meaning::Link => hints.link = true,
        }
    }
    // The last one is how a wide sign begins.
    if hints.names == Names::Mentioned && text.bytes().any(|byte| matches!(byte, b'=' | b':' | 0xef)) {
        hints.names = Names::Assigned;
    }
    hints
}

impl Hints {
    /// The first form that the text really has.
    pub(super) fn form(&self, text: &str) -> Option<&'static str> {
        let search = &*SEARCH;
        self.forms.iter().find_map(|index| {
            let form = &FORMS[*index];
            if text.len() < form.least {
                return None;
            }
            let pattern = search.patterns[*index].get_or_init(|| fixed(form.pattern));
            let has = pattern.captures_iter(text).any(|found| {
                let part = found.get(1).or_else(|| found.get(0)).map_or("", |part| part.as_str());
                shape::entropy(part) >= form.entropy
            });
            has.then_some(form.kind)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_pattern_compiles_and_every_form_can_be_reached() {
        let mut kinds = HashSet::new();
        for form in FORMS {
            assert!(Regex::new(form.pattern).is_ok(), "{}: {}", form.kind, form.pattern);
            assert!(!form.words.is_empty(), "{} would never be looked for", form.kind);
            assert!(form.words.iter().all(|word| *word == word.to_lowercase()));
            kinds.insert(form.kind);
        }
        assert!(kinds.len() >= 100, "{} kinds", kinds.len());
    }
}
