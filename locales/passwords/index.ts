/**
 * Words from which passwords are made that everybody tries first. Source: our own list, after what heads every published list of leaked
 * passwords (English, Russian), with Kazakh words, names, places and rows of the keyboard added. A password that is made of such words,
 * runs and repetitions is refused whatever its length, so the list may be short. These are public words and nobody's password, so that they are plain
 * strings; what a person types is a `Secret` wherever it is more than the field it was typed into.
 */
const words = (
  'password passw0rd passwort parol parolparol admin administrator root user guest test demo temp default login welcome hello ' +
  'master secret letmein access system server manager operator operatorr qorgan platform kazakhstan qazaqstan kazakstan almaty ' +
  'astana nursultan shymkent aktobe atyrau pavlodar karaganda qaragandy turkestan semey taraz bank banker finance credit money ' +
  'dollar tenge summer winter spring autumn monday tuesday wednesday thursday friday saturday sunday january february march april ' +
  'june july august september october november december dragon monkey football baseball superman batman pokemon princess sunshine ' +
  'iloveyou lovely love angel freedom whatever trustno shadow michael jordan charlie computer internet samsung iphone google yandex ' +
  'windows microsoft facebook instagram telegram whatsapp qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx edcrfv qweasd ' +
  'azerty abcdef abcdefgh abcd parolya zaebis privet poka lyubov lubov solnce solnyshko rossiya moskva marina natasha nastya svetlana ' +
  'tatyana sergey andrey alexey alexander dmitry vladimir maksim ivan nikita kirill zenit spartak ' +
  'aigul aigerim ainur asel aliya dana dinara gulnara madina saule zhanar nurlan yerlan erlan askar arman daulet marat serik timur ' +
  'ruslan bolat kairat samat nursultan abai abay salem rahmet jasasyn qazaq kazakh barys tulpar altyn kunim janym omir ata ana ' +
  'пароль админ привет любовь солнце солнышко россия москва казахстан қазақстан алматы астана шымкент караганда банк кредит деньги ' +
  'тенге теңге йцукен йцукенгшщзхъ фывапр фывапролджэ ячсмить наташа марина настя светлана сергей андрей алексей александр дмитрий ' +
  'владимир максим иван никита кирилл зенит спартак лето зима весна осень қорған құпия сөз сәлем рахмет айгүл асель ерлан серік тимур ' +
  'январь февраль март апрель июнь июль август сентябрь октябрь ноябрь декабрь понедельник вторник среда четверг пятница суббота'
).split(' ');

const runs = [
  '0123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  'абвгдежзийклмнопрстуфхцчшщ',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
];

const latin = {
  ...{
    а: 'a',
    ә: 'a',
    б: 'b',
    в: 'v',
    г: 'g',
    ғ: 'g',
    д: 'd',
    е: 'e',
    ё: 'e',
    ж: 'zh',
    з: 'z',
    и: 'i',
    й: 'i',
    к: 'k',
  },
  ...{ қ: 'q', л: 'l', м: 'm', н: 'n', ң: 'n', о: 'o', ө: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ұ: 'u', ү: 'u' },
  ...{
    ф: 'f',
    х: 'h',
    һ: 'h',
    ц: 'c',
    ч: 'ch',
    ш: 'sh',
    щ: 'sh',
    ъ: '',
    ы: 'y',
    і: 'i',
    ь: '',
    э: 'e',
    ю: 'yu',
    я: 'ya',
  },
};

/** `PasswordTexts` of core/access. */
export const passwordTexts = { words, runs, latin } as const;
