import type { Failure } from '../calls/policies.ts';
import type { Messages } from './en.ts';

const FAILURES: Readonly<Record<Failure, string>> = {
  unreachable: 'est injoignable',
  timeout: 'ne répond pas à temps',
  overloaded: 'a trop de demandes en attente',
  resting: 'a échoué plusieurs fois de suite ; il est laissé en paix quelques secondes',
  failing: 'répond qu’il ne peut rien servir pour l’instant',
  unusable: 'ne donne pas de réponse utilisable',
};

/** What the services say of a field, and how it is said in French. */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/^is missing$/, 'est obligatoire'],
  [/^must not be empty$/, 'ne peut pas rester vide'],
  [/^must have at most (\d+) characters$/, 'compte plus de $1 caractères'],
  [/^must have at least (\d+) characters$/, 'compte moins de $1 caractères'],
  [/^must not contain control characters$/, 'contient des caractères de contrôle'],
  [/^must be a language tag like .*$/, 'n’est pas un code de langue comme « en » ou « fr-CA »'],
  [/^is not known here$/, 'est inconnu ici'],
];

const REFUSALS: Readonly<Record<number, string>> = {
  404: 'Cette citation n’existe plus.',
  409: 'Quelqu’un d’autre l’a modifiée au même moment ; rouvrez la page pour voir sa version.',
  412: 'Quelqu’un d’autre l’a modifiée entre-temps ; rouvrez la page pour voir sa version.',
  422: 'Cet envoi en contredit un précédent ; rouvrez la page.',
};

export const fr: Messages = {
  name: 'Français',
  skip: 'Aller au contenu',
  navigation: {
    label: 'Navigation principale',
    browse: 'Parcourir',
    find: 'Chercher',
    add: 'Ajouter une citation',
    docs: 'API',
    signIn: 'Se connecter',
    signedIn: 'Session ouverte',
  },
  foot: (title, environment, version) => `${title} – ${environment}, version ${version}`,
  typeface: 'Composé en EB Garamond',
  home: {
    description:
      'Une petite bibliothèque de citations en français et en anglais : une au hasard, toutes à parcourir, et une recherche.',
    empty: 'Il n’y a pas encore de citation ici.',
    addFirst: 'Ajouter la première',
    another: 'Une autre citation',
    keep: 'Garder celle-ci',
    look: 'Chercher des mots',
    services: 'Les services',
    up: 'en marche',
    down: 'en panne',
    version: (version) => `version ${version}`,
  },
  search: { label: 'Mots à chercher', submit: 'Chercher', placeholder: 'coeur, rêve, Pascal' },
  browse: {
    title: 'Parcourir',
    heading: 'Toutes les citations',
    description: 'Toutes les citations de la bibliothèque, page par page.',
    pages: 'Pages',
    beginning: 'Revenir au début',
    previous: 'Page précédente',
    next: 'Page suivante',
    nothingFurther: 'Il n’y a rien de plus.',
    noPage: 'Aucune page de la liste ne commence ici.',
    removed: 'La citation a été supprimée.',
  },
  find: {
    title: 'Chercher',
    description:
      'Chercher parmi les citations et leurs auteurs, sans se soucier des accents ni des majuscules : le début d’un mot suffit.',
    hint: 'Accents et majuscules n’importent pas, et le début d’un mot suffit.',
    wanted: (keyword) => `« ${keyword} »`,
    nothing: ['Rien ne correspond à « ', ' ».'],
    corrected: ['Rien ne contient « ', ' » ; voici ce que donne « ', ' ».'],
    advice: ['Essayez avec moins de mots ou le début d’un seul, ou ', 'parcourez toutes les citations', '.'],
    count: (found, plural) => (plural === 'one' ? 'Une citation' : `${found} citations`),
    best: (shown) => `Les ${shown} meilleures citations`,
  },
  quote: {
    of: (author) => `Une citation de ${author}`,
    all: 'Toutes les citations',
    random: 'Une au hasard',
    edit: 'Modifier',
    remove: 'Supprimer',
    added: 'La citation a été ajoutée.',
    edited: 'La citation a été modifiée.',
    searchSoon: 'La recherche la trouve dans la seconde.',
    none: 'Il n’y a pas de citation à cette adresse ; elle a peut-être été supprimée.',
    noId: 'n’est pas l’identifiant d’une citation',
    since: (date) => `Dans la bibliothèque depuis le ${date}`,
  },
  form: {
    add: {
      title: 'Ajouter une citation',
      description: 'Ajouter une citation à la bibliothèque.',
      submit: 'Ajouter la citation',
    },
    edit: {
      title: 'Modifier une citation',
      description: 'Modifier une citation de la bibliothèque.',
      submit: 'Enregistrer',
    },
    text: 'Le texte',
    author: 'Son auteur',
    source: 'D’où elle vient',
    sourceHint: 'Un livre, une lettre, un discours ; facultatif.',
    language: 'Sa langue',
    languageHint: 'Son code : en, fr, fr-CA. Les guillemets et la voix des lecteurs d’écran en dépendent ; facultatif.',
    notSaved: 'La citation n’a pas été enregistrée.',
    seeFields: 'Les raisons sont indiquées à côté des champs.',
    keptBelow: 'Votre saisie est conservée ci-dessous ; la liste des citations dit si elle a été enregistrée.',
    addedBefore: 'Ce formulaire a déjà ajouté une citation.',
    becomesAnother: 'Votre saisie est conservée ci-dessous ; renvoyée, elle deviendra une seconde citation.',
    expired: 'Ce formulaire était trop ancien. Votre saisie est conservée : envoyez-la de nouveau.',
  },
  key: {
    label: 'Clé d’administration',
    hint: 'Demandée une seule fois : elle ouvre votre session et n’est plus jamais affichée.',
    wrong: 'Ce n’est pas la clé d’administration. Rien n’a été modifié.',
    missing: 'Votre session n’est pas ouverte, ou ne l’est plus. Saisissez la clé pour continuer.',
  },
  remove: {
    title: 'Supprimer une citation',
    description: 'Supprimer une citation de la bibliothèque.',
    question: 'Supprimer cette citation ?',
    submit: 'Supprimer définitivement',
    keep: 'La garder',
  },
  session: {
    title: 'Se connecter',
    description: 'Se connecter avec une clé d’administration pour ajouter, modifier et supprimer des citations.',
    intro:
      'Une clé d’administration permet d’ajouter, de modifier et de supprimer. La session reste ouverte une demi-heure après la dernière page consultée.',
    submit: 'Se connecter',
    signedInAs: (name, time) => `Session ouverte au nom de ${name}, depuis ${time}.`,
    signOut: 'Se déconnecter',
    ended: 'La session est fermée.',
  },
  outage: {
    text: (service, failure) => `Le service ${service} ${FAILURES[failure]}.`,
    reason: (failure) => FAILURES[failure],
    advice: 'Il est surveillé et reviendra de lui-même ; réessayez dans quelques secondes.',
    refused: (reasons) => `Le service n’accepte pas cela : ${reasons}.`,
  },
  problem: {
    titles: {
      403: 'Cet envoi ne vient pas d’ici',
      404: 'Il n’y a rien ici',
      405: 'Cela ne peut pas se faire ici',
      413: 'C’est trop long',
      503: 'Un instant, s’il vous plaît',
    },
    yours: 'Cela n’a pas fonctionné',
    ours: 'Une erreur s’est produite',
    advice: {
      403: 'Rouvrez la page et envoyez le formulaire depuis celle-ci.',
      404: 'L’adresse contient peut-être une faute, ou ce qui s’y trouvait a été supprimé.',
      500: 'L’erreur vient de nous. La requête ci-dessous permet de la retrouver dans le journal.',
      503: 'Le service reviendra de lui-même ; réessayez dans quelques secondes.',
    },
    beginning: 'Retour à l’accueil',
    request: 'Requête',
  },
  docs: {
    title: 'API',
    heading: 'L’API',
    description: 'Les points d’accès de chaque service, avec des exemples.',
    intro: (root, health, openapi) =>
      `Chaque service répond à \`${root}\` par son nom et sa version, à \`${health}\` par son état, et à \`${openapi}\` par le document dont cette page est tirée ; ce document est en anglais. Les erreurs sont des « problem details » (RFC 9457).`,
    lastAnswer: 'Ce qui suit est sa dernière réponse.',
    laterShown: 'Ses points d’accès s’afficheront dès qu’il répondra.',
    asksForKey: 'Demande la clé d’administration.',
    parameters: 'Paramètres',
    body: 'Corps',
    bodyFields: 'Champs du corps',
    answers: 'Réponses',
    tryIt: 'Essayer',
    name: 'Nom',
    value: 'Valeur',
    status: 'Code',
    meaning: 'Signification',
    place: (place) => ({ path: 'dans le chemin', query: 'dans la requête', header: 'dans un en-tête' })[place] ?? place,
    optional: 'facultatif',
  },
  fault: (message) => {
    const [pattern, words] = FAULTS.find(([one]) => one.test(message)) ?? [];
    return pattern === undefined || words === undefined ? message : message.replace(pattern, words);
  },
  refusal: (status, detail) => REFUSALS[status] ?? detail,
};
